"""The warm campaign page against Flask's hello world, under the same server, in turn."""

import sys

from _measure import environment, flask, folder, free_port, get, load, median, reference, show, show_ratio, site

PATH = "/c/four-labels"
CONNECTIONS, SECONDS, ROUNDS = 16, 1.5, 4


def main() -> int:
    with folder() as here:
        environ = environment(here, free_port())
        flask(environ, "demo")
        with site(environ) as ours, reference(here) as theirs:
            asked = {
                "hello": (theirs, get("/", theirs.port)),
                "same size": (theirs, get("/page", theirs.port)),
                "campaign": (ours, get(PATH, ours.port)),
                "campaign gzip": (ours, get(PATH, ours.port, Accept_Encoding="gzip")),
                "past the cache": (ours, get(PATH, ours.port, Cookie="a=b")),
            }
            rounds = {name: [] for name in asked}
            for server, request in asked.values():
                load(server, [request], connections=CONNECTIONS, seconds=0.3)
            for _ in range(ROUNDS):
                for name, (server, request) in asked.items():
                    rounds[name].append(load(server, [request], connections=CONNECTIONS, seconds=SECONDS))
    found = {name: median(measured) for name, measured in rounds.items()}
    for name, one in found.items():
        show(name, one)
    show_ratio("campaign / hello world, requests a second", found["campaign"].rate, found["hello"].rate, "bar: 1.0")
    show_ratio("campaign / hello world, processor time", found["campaign"].cpu, found["hello"].cpu, "below 1 is better")
    show_ratio("cold campaign / hello world, processor time", found["past the cache"].cpu, found["hello"].cpu, "no bar")
    errors = sum(one.errors for one in found.values())
    return 1 if errors or found["campaign"].rate < found["hello"].rate else 0


if __name__ == "__main__":
    sys.exit(main())
