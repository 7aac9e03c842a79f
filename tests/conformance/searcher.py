"""Source of a program that searches everything it can reach for planted secrets, and says what it could open.

Its own text must not hold what it searches for: patterns with a class in them match the secret and not themselves.
"""

SEARCHER = r"""
import ctypes, gc, json, os, re, sys

NEEDLE = re.compile(b"plant[e]d.secret.[0-9]+")
CONTROL = re.compile(b"contro[l].of.the.search")
REGION_BYTES = 256 << 20
PRIVATE = ("environ", "stack", "syscall", "auxv", "maps", "smaps")
KEPT = b"control" + b" of the search"

def read(path, most=1 << 22):
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        return os.read(fd, most)
    except OSError:
        return b""
    finally:
        os.close(fd)

def memory_of(pid):
    # The whole of it, region by region, with an overlap for what lies across.
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            first, last = (int(part, 16) for part in line.split()[0].split("-"))
            if "r" in line.split()[1] and last - first <= REGION_BYTES and "[v" not in line:
                try:
                    memory.seek(first)
                    yield memory.read(last - first) or b""
                except (OSError, ValueError, OverflowError):
                    continue

def search(pids_skipped=()):
    seen = {"found": [], "foreign": [], "processes": 0, "memory_bytes": 0, "control": False}
    def look(where, data):
        for match in NEEDLE.finditer(data):
            seen["found"].append([where, match.group().decode()])
    def opened(pid, name):
        if pid not in ("self", "thread-self", str(os.getpid())):
            seen["foreign"].append(f"{pid}/{name}")
    for pid in os.listdir("/proc"):
        if not (pid.isdigit() or pid in ("self", "thread-self")):
            continue
        seen["processes"] += pid.isdigit()
        for name in ("cmdline", "comm", "status", "wchan", "pagemap", *PRIVATE):
            try:
                data = read(f"/proc/{pid}/{name}")
            except OSError:
                continue
            look(f"{pid}/{name}", data)
            if data and name in PRIVATE:
                opened(pid, name)
        for folder in ("fd", "task", "map_files", "cwd", "root/tmp"):
            try:
                names = os.listdir(f"/proc/{pid}/{folder}")
            except OSError:
                continue
            if folder != "task":
                opened(pid, folder)
            for name in names:
                look(f"{pid}/{folder}", name.encode())
                try:
                    look(f"{pid}/{folder}/{name}", os.readlink(f"/proc/{pid}/{folder}/{name}").encode())
                except OSError:
                    pass
                if pid.isdigit() and pid != str(os.getpid()) and folder == "fd":
                    try:
                        look(f"{pid}/fd/{name}", read(f"/proc/{pid}/fd/{name}"))
                    except OSError:
                        pass
        try:
            for region in memory_of(pid):
                seen["memory_bytes"] += len(region)
                seen["control"] = seen["control"] or bool(CONTROL.search(region))
                look(f"{pid}/mem", region)
                opened(pid, "mem")
        except OSError:
            pass
    for top in ("/tmp", "/dev/shm", "/var/tmp", "/run", "/opt", "/etc"):
        for folder, _, names in os.walk(top):
            for name in names:
                path = os.path.join(folder, name)
                look(path, path.encode())
                try:
                    look(path, read(path))
                except OSError:
                    pass
    look("environment", repr(dict(os.environ)).encode())
    look("arguments", repr(sys.argv).encode())
    look("modules", repr(sorted(sys.modules)).encode())
    frame = sys._getframe()
    while frame:
        look("frames", repr(list(frame.f_locals))[:100000].encode() + frame.f_code.co_filename.encode())
        frame = frame.f_back
    for item in gc.get_objects():
        if type(item) in (dict, list, tuple, set):
            for part in (item.values() if type(item) is dict else item):
                if type(part) in (str, bytes):
                    look("heap", part.encode("utf-8", "replace") if type(part) is str else part)
    return seen
"""

AS_ATTEMPT = (
    SEARCHER
    + """
def f(x):
    # A process that has changed its uid must ask for the right to read its own memory.
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
    print(json.dumps(search()))
    return x
"""
)

AS_ROOT = (
    SEARCHER
    + """
found = [search()]
for uid in (10000, 10003, 10004):
    child_r, child_w = os.pipe()
    if os.fork() == 0:
        try:
            os.setgid(uid)
            os.setuid(uid)
            os.write(child_w, json.dumps(search()).encode()[:60000])
        finally:
            os._exit(0)
    os.close(child_w)
    found.append(json.loads(os.fdopen(child_r, "rb").read()))
print(json.dumps(found))
"""
)
"""As root of the container, and then as the uid of conductor, attempt and referee."""
