"""Reads a rule bundle as any reader of safetensors would and prints what it holds as JSON.

Needs only the standard library. Where the packages `safetensors` and `numpy` are there, what they read has to be
the same.
"""

import hashlib
import json
import struct
import sys

path = sys.argv[1]
with open(path, "rb") as file:
    content = file.read()
(length,) = struct.unpack("<Q", content[:8])
assert content[8:9] == b"{" and (8 + length) % 8 == 0
header = json.loads(content[8 : 8 + length].decode("utf-8"))
data = content[8 + length :]
metadata = header.pop("__metadata__")
assert all(type(text) is str for text in metadata.values())

end = 0
tensors = {}
for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
    assert entry["dtype"] == "F32" and entry["data_offsets"][0] == end
    begin, end = entry["data_offsets"]
    tensors[name] = {"shape": entry["shape"], "bytes": data[begin:end]}
assert end == len(data)

digest = hashlib.sha256()
for name in sorted(tensors):
    line = json.dumps([name, "F32", tensors[name]["shape"]], separators=(",", ":"))
    digest.update(line.encode() + b"\n" + tensors[name]["bytes"])
assert metadata["tensors_sha256"] == digest.hexdigest()
pairs = sorted(pair for pair in metadata.items() if pair[0] != "metadata_sha256")
text = json.dumps(pairs, separators=(",", ":"), ensure_ascii=False)
assert metadata["metadata_sha256"] == hashlib.sha256(text.encode()).hexdigest()

try:
    from safetensors import safe_open
except ImportError:
    readers = ["struct"]
else:
    readers = ["struct", "safetensors"]
    with safe_open(path, framework="numpy") as opened:
        assert opened.metadata() == metadata
        assert set(opened.keys()) == set(tensors)
        for name, tensor in tensors.items():
            array = opened.get_tensor(name)
            assert list(array.shape) == tensor["shape"] and array.tobytes() == tensor["bytes"]

values = {
    name: {"shape": t["shape"], "values": struct.unpack(f"<{len(t['bytes']) // 4}f", t["bytes"])}
    for name, t in tensors.items()
}
print(json.dumps({"readers": readers, "metadata": metadata, "tensors": values}))
