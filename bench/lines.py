"""The lines of the benchmark: each measures one thing, in processes of its own, and returns it."""

from collections import Counter
from collections.abc import Callable
from statistics import median

from bench.history import fill
from bench.linux import memory_kib
from bench.misbehaving import FRAMES
from bench.processes import Central, Cores, Figures

SECONDS = 5.0
PACE_SECONDS = 10.0
BESIDE_SECONDS = 5.0
TURNS = 3
PACE = 60.0
"""Messages a second of 200 stations with two connectors that report every 30 s, four times over."""
STATIONS = 200
CLIENTS = 20
REQUESTS = 50.0
"""Lists a second that programs ask for, all clients together."""
HONEST = 50
IDLE = 2_000
HANDSHAKES = 500
SSD_MS, SD_CARD_MS = "1", "15"
"""What a commit takes longer than on the disk at hand, to stand for slower ones."""

Line = Callable[[Cores], Figures]


def closed_loop(stations: int, *arguments: str) -> Line:
    """Measure onetime with stations that send as soon as they are answered."""

    def line(cores: Cores) -> Figures:
        with cores.onetime(stations, *arguments) as central:
            return _loaded(cores, central, stations)

    return line


def plain_peer(cores: Cores) -> Figures:
    """Measure the plain peer under the load that onetime gets."""
    with cores.plain_peer() as central:
        return _loaded(cores, central, STATIONS)


def limit(cores: Cores) -> Figures:
    """Measure bare `sqlite3` with the rows that onetime writes."""
    return cores.compute("bench.bare")


def paced(cores: Cores) -> Figures:
    """Measure answer times at the pace of a large garage."""
    with cores.onetime(STATIONS) as central:
        return cores.drive("open", central.url, str(STATIONS), str(PACE_SECONDS), str(PACE))


def beside_programs(cores: Cores) -> Figures:
    """Measure stations at that pace while programs ask for lists from ten years of sessions."""
    with cores.onetime(STATIONS, "--quiet", fill=fill) as central:
        return cores.drive_beside_programs(
            central, CLIENTS, str(STATIONS), str(PACE_SECONDS), str(PACE), str(REQUESTS)
        )


def bad_input(cores: Cores) -> Figures:
    """Measure how much longer honest stations wait beside a peer that misbehaves, by its kind.

    Each kind has a station of its own, since one whose lines break the protocol again and again has
    to rest. All take turns with the honest ones alone; the medians of the turns are compared, since
    a moment in which the disk is slow decides the p99 of one.
    """
    alone: list[float] = []
    beside: dict[str, list[float]] = {kind: [] for kind in FRAMES}
    said: Counter[str] = Counter()
    with cores.onetime(HONEST + len(FRAMES), "--quiet") as central:
        load = ("open", central.url, str(HONEST), str(BESIDE_SECONDS), str(PACE))
        for _ in range(TURNS):
            alone.append(cores.drive(*load)["p99_ms"])
            for number, kind in enumerate(FRAMES, HONEST):
                with cores.misbehaving(central.url, number, kind) as figures:
                    beside[kind].append(cores.drive(*load)["p99_ms"])
                said[kind] += int(figures["frames"])
    ratios = {kind: round(median(each) / median(alone), 2) for kind, each in beside.items()}
    return {
        **ratios,
        "alone_p99_ms": median(alone),
        **{f"{kind}_p99_ms": median(each) for kind, each in beside.items()},
        **{f"{kind}_frames": number for kind, number in said.items()},
    }


def idle(*arguments: str) -> Line:
    """Measure what a connection costs that is booted and silent."""

    def line(cores: Cores) -> Figures:
        with cores.onetime(IDLE, *arguments) as central:
            before = memory_kib(central.pid)
            with cores.idle(central.url, IDLE):
                after = memory_kib(central.pid)
        return {
            "connections": IDLE,
            "before_kib": before,
            "after_kib": after,
            "kib_per_connection": round((after - before) / IDLE, 1),
        }

    return line


def handshakes(*arguments: str) -> Line:
    """Measure what it costs until a station is let in and has booted."""

    def line(cores: Cores) -> Figures:
        with cores.onetime(STATIONS, *arguments) as central:
            return cores.drive("handshakes", central.url, str(HANDSHAKES), str(central.pid))

    return line


def storm(*arguments: str) -> Line:
    """Measure how long it takes until all stations that come back at once are answered."""

    def line(cores: Cores) -> Figures:
        with cores.onetime(STATIONS, *arguments) as central:
            return cores.drive("storm", central.url, str(STATIONS))

    return line


def writer(cores: Cores) -> Figures:
    """Measure what each message costs in the writer alone."""
    return cores.compute("bench.writer")


def history(cores: Cores) -> Figures:
    """Measure two questions about ten years of sessions."""
    return cores.compute("bench.history")


def _loaded(cores: Cores, central: Central, stations: int) -> Figures:
    figures = cores.drive("closed", central.url, str(stations), str(SECONDS), str(central.pid))
    return {**figures, "memory_mib": round(memory_kib(central.pid, most=True) / 1024, 1)}


IN_ROUNDS: dict[str, Line] = {
    "limit": limit,
    "onetime_200": closed_loop(STATIONS),
    "no_group_commit": closed_loop(STATIONS, "--no-group-commit"),
    "plain_peer": plain_peer,
    "onetime_2000": closed_loop(2_000),
    "onetime_20": closed_loop(20),
    "paced": paced,
}
"""What is compared, in the order in which each round takes it."""

ONCE: dict[str, Line] = {
    "idle": idle(),
    "tls_200": closed_loop(STATIONS, "--tls"),
    "idle_tls": idle("--tls"),
    "handshake": handshakes(),
    "handshake_tls": handshakes("--tls"),
    "storm_tls": storm("--tls"),
    "ssd": closed_loop(STATIONS, "--commit-delay-ms", SSD_MS),
    "ssd_no_group_commit": closed_loop(STATIONS, "--commit-delay-ms", SSD_MS, "--no-group-commit"),
    "sd_card": closed_loop(STATIONS, "--commit-delay-ms", SD_CARD_MS),
    "sd_card_no_group_commit": closed_loop(
        STATIONS, "--commit-delay-ms", SD_CARD_MS, "--no-group-commit"
    ),
    "storm": storm(),
    "storm_sd_card": storm("--commit-delay-ms", SD_CARD_MS),
    "history": history,
    "writer": writer,
    "bad_input": bad_input,
    "beside_programs": beside_programs,
}
"""What stands by itself."""
