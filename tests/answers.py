"""Are the objects of --json as their schema says?

    answers.py SCHEMA <answers

Each line is checked against the definition of its verb: its keys, those that must be there,
their types.  What people read as numbers must be in the fields, too.  Prints what is wrong,
and which verbs of the schema gave no answer."""
import json
import re
import sys

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_type(value, name):
    if name in ("number", "integer"):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and (name == "number" or float(value).is_integer())
    return isinstance(value, TYPES[name])


def check(value, schema, place, wrong):
    if "const" in schema and value != schema["const"]:
        wrong.append(f"{place}: {value!r} is not {schema['const']!r}")
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(is_type(value, name) for name in types):
        wrong.append(f"{place}: {value!r} is none of {types}")
    if isinstance(value, dict) and "properties" not in schema:
        for key in value:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", key):
                wrong.append(f"{place}: {key} is no key")
    if isinstance(value, dict) and "properties" in schema:
        for key in schema.get("required", []):
            if key not in value:
                wrong.append(f"{place}: no {key}")
        for key, item in value.items():
            if key in schema["properties"]:
                check(item, schema["properties"][key], f"{place}.{key}", wrong)
            elif schema.get("additionalProperties", True) is False:
                wrong.append(f"{place}: {key} is not in the schema")
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            check(item, schema["items"], f"{place}[{i}]", wrong)


def check_names(schema, place, wrong):
    """Keys are lower case, digits and underscores."""
    for key, item in schema.get("properties", {}).items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", key):
            wrong.append(f"{place}: {key} is no key")
        check_names(item, f"{place}.{key}", wrong)
    if "items" in schema:
        check_names(schema["items"], place, wrong)


NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?(?!\w)")
PLAIN = {0, 1, -1, 0.5, 90, 95, 100}  # sides, chance, kinds of intervals


def collect(value, numbers, texts):
    if isinstance(value, str):
        texts.append(value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        numbers.append(abs(value))
    elif isinstance(value, list):
        numbers.append(len(value))
        for item in value:
            collect(item, numbers, texts)
    elif isinstance(value, dict):
        texts.extend(value)
        for item in value.values():
            collect(item, numbers, texts)


def check_numbers(answer, wrong):
    """What people read as a number is a field, unrounded, or within a text that is one.  As
    per cent, milliseconds or minutes too; not only somewhere in the rows of a picture."""
    skip = ("text", "command", answer["verb"])
    numbers, texts = [], [answer["command"]]
    if answer["verb"] in ("map", "slice", "weights", "loss", "accuracy", "psychometric"):
        answer = {key: item for key, item in answer.items() if key != skip[2]}
    collect({k: item for k, item in answer.items() if k not in skip[:2]}, numbers, texts)
    texts = " ".join(texts)
    for match in NUMBER.finditer(answer.get("text", "")):
        word = match.group(0)
        value = abs(float(word.replace(",", "")))
        places = len(word.split("e")[0].partition(".")[2])
        slack = value * 0.01 if "e" in word else 0.51 * 10**-places
        if value in PLAIN or word in texts:
            continue
        if not any(
            abs(scale * number - value) <= slack
            for number in numbers
            for scale in (1, 100, 0.01, 1000, 1 / 60)
        ):
            wrong.append(f"{answer['command']}: {word} of the text is no field")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    wrong, seen = [], set()
    for name, definition in schema["$defs"].items():
        check_names(definition, name, wrong)
    for line in sys.stdin:
        answer = json.loads(line)
        verb = answer.get("verb")
        failed = not answer.get("ok")
        definition = schema["$defs"]["failed" if failed else verb]
        if not failed:
            seen.add(verb)
        check(answer, definition, answer.get("command", "?"), wrong)
        if not failed:
            check_numbers(answer, wrong)
    for name in sorted(set(schema["$defs"]) - seen - {"failed"}):
        wrong.append(f"{name}: no answer was seen")
    for what in wrong:
        print(what)


main()
