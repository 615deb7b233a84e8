"""gdb on a running world. Loaded by `wringer replay CAPSULE --gdb`.

    wr where            event, simulated time
    wr nodes            what every node has in its log
    wr fibers [nN]      the backtrace of every fiber that waits
    wr next [N]         run N events further (1)
    wr goto EVENT       forward, or back to a kept place and forward from there
    wr keep             keep this place (a gdb checkpoint: a fork of the process)
    wr places           the kept places

Works with line tables alone: everything is asked of the plain functions of
sim/cli/stop_point.h. Going back needs nothing but fork, so it works where
reverse execution does not; places are kept at every stop.
"""
import gdb

# The order in which Boost.Context saves the registers of a fiber that waits
# (x86-64, System V). They start one word above the saved stack pointer, or two
# where the library also keeps a stack guard there.
SAVED = ["r12", "r13", "r14", "r15", "rbx", "rbp", "rip"]
STARTS = [0x10, 0x08]
FRAMES_SHOWN = 12


def number(expression):
    return int(gdb.parse_and_eval(expression))


class World:
    """The stop point of the process that is selected now."""

    def __init__(self):
        self.stop = 0
        self.places = {}  # event -> gdb checkpoint

    def ask(self, result, function, *args):
        kinds = ", ".join(["unsigned long"] * (1 + len(args)))
        words = ", ".join(str(n) for n in (self.stop,) + args)
        return f"(({result} (*)({kinds})) {function})({words})"

    def need(self):
        if self.stop == 0:
            raise gdb.GdbError("the world has not stopped yet: `run` first")

    def event(self):
        return number(self.ask("unsigned long", "WringerEventNow"))

    def time(self):
        return number(self.ask("long", "WringerTimeNow"))

    def where(self):
        ns = self.time()
        return f"event #{self.event()}  {ns // 10**9}.{ns % 10**9:09d} s"

    def stop_at(self, event):
        gdb.execute(f"call {self.ask('void', 'WringerStopNext', event)}",
                    to_string=True)

    def keep(self):
        event = self.event()
        if event in self.places:
            return
        before = set(checkpoints())
        gdb.execute("checkpoint", to_string=True)
        new = sorted(set(checkpoints()) - before)
        if new:
            self.places[event] = new[-1]

    def go(self, event):
        here = self.event()
        if event <= here:
            earlier = [e for e in self.places if e <= event]
            if not earlier:
                raise gdb.GdbError(f"no place is kept at or before #{event}; "
                                   f"kept: {sorted(self.places)}")
            base = max(earlier)
            place = self.places.pop(base)
            gdb.execute(f"restart {place}", to_string=True)
            # What was kept is used up by running on from it: keep it again.
            self.keep()
            here = base
        if event > here:
            self.stop_at(event)
            gdb.execute("continue", to_string=True)
        print(self.where())


def checkpoints():
    numbers = []
    for line in gdb.execute("info checkpoints", to_string=True).splitlines():
        word = line.lstrip("* ").split(" ")[0]
        if word.isdigit() and word != "0":
            numbers.append(int(word))
    return numbers


WORLD = World()


class StopHere(gdb.Breakpoint):
    """Before the first instruction, where the argument is in its register."""

    def stop(self):
        WORLD.stop = number("(unsigned long) $rdi")
        return True


def is_code(address):
    return "No symbol" not in gdb.execute(f"info symbol {address}",
                                          to_string=True)


def saved_registers(context):
    """The registers by name, or nothing if none of the layouts fits."""
    for start in STARTS:
        found = {name: number(f"*(unsigned long*) {context + start + 8 * i}")
                 for i, name in enumerate(SAVED)}
        if is_code(found["rip"]):
            found["rsp"] = context + start + 8 * len(SAVED)
            return found
    return {}


def fiber_backtrace(context):
    kept = {name: number(f"(unsigned long) ${name}")
            for name in SAVED + ["rsp"]}
    registers = saved_registers(context)
    if not registers:
        print("    (it has not run yet)")
        return
    try:
        for name, value in registers.items():
            gdb.execute(f"set ${name} = {value}", to_string=True)
        gdb.execute(f"backtrace {FRAMES_SHOWN}")
    except gdb.error as error:
        print(f"    (no backtrace: {error})")
    finally:
        for name, value in kept.items():
            gdb.execute(f"set ${name} = {value}", to_string=True)


def fibers(only):
    count = number(WORLD.ask("unsigned long", "WringerListFibers"))
    for i in range(count):
        gdb.execute(f"call {WORLD.ask('void', 'WringerPrintFiber', i)}",
                    to_string=True)
        context = number(WORLD.ask("unsigned long", "WringerFiberContext", i))
        if context != 0 and only in ("", str(i)):
            fiber_backtrace(context)


class Wr(gdb.Command):
    """wr where|nodes|fibers|next|goto|keep|places"""

    def __init__(self):
        super().__init__("wr", gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        del from_tty
        words = gdb.string_to_argv(argument)
        verb = words[0] if words else "where"
        rest = words[1] if len(words) > 1 else ""
        WORLD.need()
        if verb == "where":
            print(WORLD.where())
        elif verb == "nodes":
            gdb.execute(f"call {WORLD.ask('void', 'WringerPrintNodes')}",
                        to_string=True)
        elif verb == "fibers":
            fibers(rest)
        elif verb == "next":
            WORLD.go(WORLD.event() + int(rest or "1"))
        elif verb == "goto" and rest:
            WORLD.go(int(rest.lstrip("#").replace(",", "")))
        elif verb == "keep":
            WORLD.keep()
        elif verb == "places":
            for event, place in sorted(WORLD.places.items()):
                print(f"  #{event}  checkpoint {place}")
        else:
            raise gdb.GdbError("wr where | nodes | fibers [I] | next [N] | "
                               "goto EVENT | keep | places")


Wr()
for setting in ("confirm off", "pagination off", "breakpoint pending on"):
    gdb.execute(f"set {setting}")
StopHere("*WringerStopHere")
gdb.execute("run")
if WORLD.stop != 0:
    WORLD.keep()
    print("stopped: " + WORLD.where() + "   `help wr` says what there is")
