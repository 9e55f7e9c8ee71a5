"""Processes for the tests: process-tree.py STEP... ; each step does its part and goes on with the rest.

connect PORT LABEL   connect, send the label, and hold the connection until the other side closes it
stay PORT LABEL      the same, but go on with the next steps in a child and wait for it first
address HOST         where to connect (127.0.0.1 unless told)
orphan               double fork: go on in a process whose parent has ended
session              setsid: leave the terminal and the session
terminal             go on in a child that has a terminal of its own, as in a terminal window
child                go on in a child
clear                go on in a new program with an empty environment
hide                 prctl(PR_SET_DUMPABLE, 0)
shell                go on in a child of a shell
both A -- B          A and B in two children
"""
import ctypes, os, pty, shlex, socket, sys

SELF = os.path.abspath(__file__)


def again(steps):
    return [sys.executable, SELF, *steps]


def connection(host, port, label):
    made = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET)
    made.connect((host, int(port)))
    made.sendall(label.encode() + b'\n')
    return made


def wait_for_end(made):
    try:
        while made.recv(1024):
            pass
    except OSError:
        pass


def spawn(steps):
    return os.spawnv(os.P_NOWAIT, sys.executable, again(steps))


def run(steps, host='127.0.0.1'):
    while steps:
        step, *steps = steps
        if step == 'address':
            host, *steps = steps
        elif step == 'connect':
            wait_for_end(connection(host, *steps[:2]))
            return
        elif step == 'stay':
            made = connection(host, *steps[:2])
            child = spawn(steps[2:])
            os.waitpid(child, 0)
            wait_for_end(made)
            return
        elif step == 'orphan':
            if os.fork() > 0:
                os._exit(0)
            between = os.getpid()
            if os.fork() > 0:
                os._exit(0)
            while os.getppid() == between:
                os.sched_yield()
        elif step == 'session':
            if os.getsid(0) != os.getpid():
                os.setsid()
        elif step == 'terminal':
            pty.spawn(again(steps), lambda fd: os.read(fd, 1024), lambda fd: b'')
            return
        elif step == 'child':
            os.waitpid(spawn(steps), 0)
            return
        elif step == 'clear':
            os.execve(sys.executable, again(steps), {})
        elif step == 'hide':
            ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
        elif step == 'shell':
            # Two commands, or the shell would become the child.
            os.execv('/bin/sh', ['sh', '-c', shlex.join(again(steps)) + '; :'])
        elif step == 'both':
            at = steps.index('--')
            children = [spawn(steps[:at]), spawn(steps[at + 1:])]
            for child in children:
                os.waitpid(child, 0)
            return


run(sys.argv[1:])
