import os
import sys

text = sys.stdin.read()
for folder in (".", "/tmp", "/dev/shm", "/var/tmp", os.path.dirname(sys.executable)):
    try:
        with open(f"{folder}/kept", "a+") as kept:
            kept.seek(0)
            print(kept.read())
            kept.write(text)
    except OSError as error:
        print(error)
