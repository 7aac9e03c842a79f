import os
import sys
import time


def work():
    until = time.process_time() + 0.15
    while time.process_time() < until:
        pass
    balance = 0
    for line in sys.stdin:
        kind, amount = line.split()
        change = int(amount) if kind == "deposit" else -int(amount)
        if balance + change < 0:
            print("refused")
        else:
            balance += change
            print(balance)
    sys.stdout.flush()


ready, done = os.pipe()
if os.fork() == 0:
    if os.fork() == 0:
        os.setsid()
        work()
        os.write(done, b"x")
    os._exit(0)
os.wait()
os.read(ready, 1)
