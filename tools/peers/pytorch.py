# PyTorch as a contestant: requests from standard input, replies to descriptor 3, as apps/bench/src/layers/serve.ts says.
import json
import os
import sys
import time

import torch

LOOK_MS, REST_MS, LONGEST_REST_MS = 6, 1, 1000


class Unsupported(Exception):
    pass


def floats(path, shape):
    with open(path, "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=torch.float32).reshape(shape)


def prepare(task):
    x, weight = floats(task["x"], task["xShape"]), floats(task["weight"], task["weightShape"])
    bias = floats(task["bias"], [-1])
    before, after, rank = task["before"], task["after"], len(task["kernel"])
    functional = torch.nn.functional
    if task["transposed"]:
        extra = [b - a for b, a in zip(before, after)]
        if any(size < 0 for size in extra):
            raise Unsupported("no more padding after an axis than before it")
        conv = getattr(functional, f"conv_transpose{rank}d")
        return lambda: conv(x, weight, bias, task["stride"], before, extra, task["groups"], task["dilation"])
    conv = getattr(functional, f"conv{rank}d")
    if before == after:
        return lambda: conv(x, weight, bias, task["stride"], before, task["dilation"], task["groups"])
    # Padding that is not symmetric is a step of its own there.
    sides = [size for pair in zip(reversed(before), reversed(after)) for size in pair]
    return lambda: conv(functional.pad(x, sides), weight, bias, task["stride"], 0, task["dilation"], task["groups"])


def rest():
    until = time.perf_counter() + LONGEST_REST_MS / 1000
    used = REST_MS + 1
    while used > REST_MS and time.perf_counter() < until:
        before = time.process_time()
        time.sleep(LOOK_MS / 1000)
        used = (time.process_time() - before) * 1000


class Contestant:
    def __init__(self):
        self.run, self.y, self.last_ms = None, None, 0

    def timed(self):
        start = time.perf_counter()
        self.y = self.run()
        self.last_ms = (time.perf_counter() - start) * 1000
        return self.last_ms

    def prepare(self, task):
        self.run = prepare(task)
        return {"kernel": None}

    def output(self, request):
        self.timed()
        with open(request["path"], "wb") as file:
            file.write(memoryview(self.y.contiguous().numpy()).cast("B"))
        rest()
        return {}

    def turn(self, request):
        spent, samples = self.timed(), []
        while spent + self.last_ms < request["warmMs"]:
            spent += self.timed()
        spent = 0
        while len(samples) < request["runs"] or spent < request["ms"]:
            samples.append(self.timed())
            spent += self.last_ms
        rest()
        return {"samples": samples}

    def release(self, _):
        self.run = self.y = None
        return {}


def main():
    torch.set_num_threads(int(sys.argv[1]))
    replies = os.fdopen(3, "w", buffering=1)

    def reply(body):
        replies.write(json.dumps({**body, "cpuMs": time.process_time() * 1000}) + "\n")

    contestant = Contestant()
    reply({"version": torch.__version__})
    with torch.inference_mode():
        for line in sys.stdin:
            message = json.loads(line)
            try:
                reply(getattr(contestant, message["name"])(message["request"]))
            except Exception as error:
                reply({"error": str(error), "unsupported": isinstance(error, Unsupported)})


main()
