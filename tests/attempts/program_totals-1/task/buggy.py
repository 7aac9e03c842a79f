import sys

balance = 0
for line in sys.stdin:
    kind, amount = line.split()
    balance += int(amount) if kind == "deposit" else -int(amount)
    print(balance)
