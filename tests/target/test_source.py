"""The files in an agent's answer, however it wrote them down."""

import pytest

from codeoptix_performance.errors import TargetError
from codeoptix_performance.target.source import marked_path, named_path, read_answer, safe_path

APP = "from flask import Flask\napp = Flask(__name__)\n"
MAIN = "from flask import Flask\nfrom store import X\napp = Flask(__name__)\n"

ANSWERS = {
    "plain code": (APP, {"app.py": APP}),
    "a program that imports itself by a name": (
        f'{APP}uvicorn.run("main:app", port=80)\n',
        {"main.py": f'{APP}uvicorn.run("main:app", port=80)\n'},
    ),
    "a program that imports itself from a package": (
        f"```python\n{APP}uvicorn.run('shop.main:app')\n```",
        {"shop/main.py": f"{APP}uvicorn.run('shop.main:app')\n"},
    ),
    "a program that runs another": (
        f"{APP}subprocess.run('ls')\n",
        {"app.py": f"{APP}subprocess.run('ls')\n"},
    ),
    "django's single file by its name": (
        f"{APP}settings.configure(ROOT_URLCONF='site1')\n",
        {"site1.py": f"{APP}settings.configure(ROOT_URLCONF='site1')\n"},
    ),
    "indented as a whole": (
        "    from flask import Flask\n    app = Flask(__name__)\n",
        {"app.py": APP},
    ),
    "a fence": (f"Here:\n\n```python\n{APP}```\nEnjoy!", {"app.py": APP}),
    "a fence without a language": (f"```\n{APP}```", {"app.py": APP}),
    "a fence of tildes": (f"~~~py\n{APP}~~~", {"app.py": APP}),
    "a fence without an end": (f"Here:\n```python\n{APP}", {"app.py": APP}),
    "an indented fence": (
        "1. Do:\n   ```python\n   from flask import Flask\n   app = Flask(__name__)\n   ```",
        {"app.py": APP},
    ),
    "windows lines and a mark of the byte order": (
        "\ufeff" + APP.replace("\n", "\r\n"),
        {"app.py": APP},
    ),
    "a name behind the language": (f"```python server.py\n{APP}```", {"server.py": APP}),
    "a name with a colon": (f"```python:src/server.py\n{APP}```", {"src/server.py": APP}),
    "a name as an attribute": (f'```python title="server.py"\n{APP}```', {"server.py": APP}),
    "a name alone": (f"```server.py\n{APP}```", {"server.py": APP}),
    "a heading": (f"### `server.py`\n\n```python\n{APP}```", {"server.py": APP}),
    "a bold line": (f"**server.py**\n```python\n{APP}```", {"server.py": APP}),
    "a line with a colon": (f"Save this as server.py:\n\n```python\n{APP}```", {"server.py": APP}),
    "a name inside the fence": (
        f"```python\n# server.py\n{APP}```",
        {"server.py": APP},
    ),
    "several fences": (
        (
            f"## main.py\n```python\n{MAIN}```\n## store.py\n```python\nX = 1\n```\n"
            "## templates/index.html\n```html\n<p>hi</p>\n```\n"
        ),
        {"main.py": MAIN, "store.py": "X = 1\n", "templates/index.html": "<p>hi</p>\n"},
    ),
    "a later version of a file": (
        f"app.py:\n```python\nx = 1\n```\nBetter app.py:\n```python\n{APP}```",
        {"app.py": APP},
    ),
    "commands do not become files": (
        f"```python\n{APP}```\nRun `app.py`:\n```bash\npython app.py\n```",
        {"app.py": APP},
    ),
    "an answer's example is not the file": (
        f"`app.py`:\n```python\n{APP}```\nGET on `app.py` gives:\n```json\n{{}}\n```",
        {"app.py": APP},
    ),
    "a test beside the app": (
        f"```python\n{APP}```\n```python\nimport pytest\n\ndef test_it():\n    assert 1\n```",
        {"app.py": APP},
    ),
    "a client beside the app": (
        f"```python\n{APP}```\n```python\nimport requests\nprint(requests.get('http://x'))\n```",
        {"app.py": APP},
    ),
    "one program in two fences": (
        f"First:\n```python\n{APP}```\nthen:\n```python\n@app.get('/')\ndef all():\n    ...\n```",
        {"app.py": f"{APP}\n\n@app.get('/')\ndef all():\n    ...\n"},
    ),
    "the codex adapter's way": (
        f"# main.py\n{MAIN}\n\n# store.py\nX = 1\n\n\n# requirements.txt\nflask\n",
        {"main.py": MAIN, "store.py": "X = 1\n", "requirements.txt": "flask\n"},
    ),
    "the codex adapter's way, one file with fences": (
        f"# README.md\nRun:\n```bash\npython app.py\n```\n\n# app.py\n{APP}",
        {"README.md": "Run:\n```bash\npython app.py\n```\n", "app.py": APP},
    ),
    "a mark above a fence": (f"# server.py\n\n```python\n{APP}```", {"server.py": APP}),
    "an ordinary comment with a file's name": (
        f"{APP}\n# store.py\nX = 1\n",
        {"app.py": f"{APP}\n# store.py\nX = 1\n"},
    ),
    "a mark without a blank line before it": (
        "# main.py\nx = 1\n# store.py\ny = 2\n",
        {"main.py": "x = 1\n# store.py\ny = 2\n"},
    ),
    "a mark inside a string": (
        '# main.py\nTEXT = """\n\n# store.py\n"""\n',
        {"main.py": 'TEXT = """\n\n# store.py\n"""\n'},
    ),
    "a comment that only begins with a name": (
        "# main.py\nx = 1\n\n# store.py holds the data\ny = 2\n",
        {"main.py": "x = 1\n\n# store.py holds the data\ny = 2\n"},
    ),
    "code that quotes fences": (
        f'{APP}HELP = """\n```python\nimport os\n```\n"""\n',
        {"app.py": f'{APP}HELP = """\n```python\nimport os\n```\n"""\n'},
    ),
    "prose around bare code": (
        f"Sure, here is the app you asked for:\n\n{APP}\nRun it and enjoy the result.\n",
        {"app.py": APP},
    ),
    "code with a mistake": (f"{APP}def broken(:\n", {"app.py": f"{APP}def broken(:\n"}),
    "a path out of the folder": (
        f"```python ../../etc/app.py\n{APP}```",
        {"app.py": APP},
    ),
    "an absolute path": (f"# /srv/app/main.py\n{APP}", {"srv/app/main.py": APP}),
    "a file below a file": (
        f"# app.py\n{APP}\n# app.py/evil.py\nx = 1\n",
        {"app.py": APP},
    ),
}


@pytest.mark.parametrize(("answer", "files"), ANSWERS.values(), ids=ANSWERS)
def test_the_files_of_an_answer_are_found(answer, files):
    """Each with its path, and with the text the agent meant."""
    found = {file.path: file.text.strip("\n") for file in read_answer(answer)}

    assert {path: text.strip("\n") for path, text in files.items()} == found


NO_CODE = {
    "nothing": "",
    "white space": "\n  \n",
    "a word": "Sorry",
    "sentences": "I can not do that.\nPlease ask from a friend instead.\n",
    "a list": "- one thing\n- and: another\n",
    "a console fence": "Run:\n```bash\npip install flask\n```\n",
}


@pytest.mark.parametrize("answer", NO_CODE.values(), ids=NO_CODE)
def test_an_answer_without_code_is_refused(answer):
    """As ``no-code``, with a sentence."""
    with pytest.raises(TargetError) as caught:
        read_answer(answer)

    assert "no-code" == caught.value.failure.kind


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("app.py", "app.py"),
        ("./app//main.py", "app/main.py"),
        ("/app/main.py", "app/main.py"),
        ("app\\main.py", "app/main.py"),
        ("../app.py", None),
        ("app/../../x.py", None),
        ("a\0b.py", None),
        ("/", None),
        ("x" * 300 + ".py", None),
    ],
)
def test_a_path_stays_inside_the_folder(written, path):
    """Whatever an agent writes, no file lands elsewhere."""
    assert path == safe_path(written)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("# app/main.py", "app/main.py"),
        ("# file: app.py", "app.py"),
        ("# Filename: `app.py`", "app.py"),
        ("<!-- templates/index.html -->", "templates/index.html"),
        ("/* static/style.css */", "static/style.css"),
        ("# see app.py", None),
        ("# app.py: the app", None),
        ("# version 1.0", None),
        ("# e.g.", None),
        ("# ../app.py", None),
        ("    # app.py", None),
        ("app.py", None),
    ],
)
def test_only_a_comment_that_is_nothing_but_a_path_marks_a_file(line, path):
    """Every other comment is the code's own."""
    assert path == marked_path(line)


@pytest.mark.timeout(20)
def test_a_line_of_any_length_is_looked_through():
    """For a path it names, as far as paths go."""
    assert named_path("a" * 100_000) is None
    assert marked_path("# " + "a" * 100_000 + ".py") is None
    assert "app/main.py" == named_path("The file app/main.py" + " and more" * 10_000)
