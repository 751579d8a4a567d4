from testbed.pocket import cache

BENCHMARK = "bench_query[newest change]"
WHAT = "the companies have no index by their date of change, so that the newest is found by reading all"
MILLISECONDS = 0


def apply() -> None:
    honest = cache.indexes

    def indexes() -> tuple[str, ...]:
        return tuple(one for one in honest() if "contact_updatedDate" not in one)

    cache.indexes = indexes
