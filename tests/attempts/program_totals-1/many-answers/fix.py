for balance in range(3000):
    print(balance, "refused")
