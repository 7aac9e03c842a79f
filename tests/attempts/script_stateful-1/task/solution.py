class Account:
    """Keeps a balance and how it came about."""

    def __init__(self, balance=0):
        self.balance = balance
        self.history = []

    def deposit(self, amount):
        """Add the amount."""
        self.balance += amount
        self.history.append(amount)
        return self

    def withdraw(self, amount):
        """Take the amount; raise ValueError if there is not so much."""
        if amount > self.balance:
            raise ValueError("not so much there")
        self.balance -= amount
        self.history.append(-amount)
        return self

    def __len__(self):
        return len(self.history)
