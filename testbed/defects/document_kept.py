from testbed.pocket import webapi
from testbed.pocket.api import Api

CLAIM = "C06"
WHAT = "what a document says is kept in a file, so that it need not be fetched again"


def apply() -> None:
    honest = webapi.content

    def content(api: Api, number: int) -> str:
        said = honest(api, number)
        folder = api.network.phone.data_dir / "documents"
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.txt").write_text(said)
        return said

    webapi.content = content
