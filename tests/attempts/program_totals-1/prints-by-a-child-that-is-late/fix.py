import os
import time

if os.fork():
    os._exit(0)
os.setsid()
time.sleep(0.2)
import sys

balance = 0
for line in sys.stdin:
    kind, amount = line.split()
    change = int(amount) if kind == "deposit" else -int(amount)
    if balance + change < 0:
        print("refused")
    else:
        balance += change
        print(balance)
