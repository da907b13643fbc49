"""Schemas of a document that says whatever its author likes."""

import socket

import pytest

from codeoptix_performance.target.schemas import Schemas


@pytest.mark.timeout(20)
def test_a_schema_elsewhere_is_not_fetched():
    """A reference to an address of this machine is none: nobody there is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.0)
        port = listener.getsockname()[1]

        assert not Schemas().accepts(7, {"$ref": f"http://127.0.0.1:{port}/item.json"})
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.mark.filterwarnings("ignore")  # who opens the file warns that this is going to end
def test_a_schema_in_a_file_is_not_opened(tmp_path):
    """What a file of the evaluator's holds is no part of the document."""
    file = tmp_path / "seven.json"
    file.write_text('{"const": 7}')

    assert not Schemas().accepts(7, {"$ref": file.as_uri()})
    assert not Schemas().accepts(7, {"$id": file.as_uri(), "$ref": "seven.json#/const"})
