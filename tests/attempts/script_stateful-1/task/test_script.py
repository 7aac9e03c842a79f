account = Account(10)
assert account.balance == 10
account.deposit(5)
assert account.balance == 15
assert account.withdraw(3).balance == 12
assert account.history == [5, -3]
assert len(account) == 2
assert 5 in account.history
try:
    account.withdraw(100)
    raised = False
except ValueError as error:
    raised = "not so much" in str(error)
assert raised
assert account.balance == 12
assert Account().deposit(1).deposit(2).history[-1] == 2
assert Account(7).balance > Account(6).balance
