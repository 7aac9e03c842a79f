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
