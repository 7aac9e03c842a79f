class Account:
    def __init__(self, balance=0):
        self.balance = 0
        self.history = []

    def deposit(self, amount):
        self.balance = amount
        return self

    def withdraw(self, amount):
        self.balance -= amount
        return self

    def __len__(self):
        return 0
