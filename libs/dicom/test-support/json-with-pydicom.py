"""Writes pydicom's DICOM JSON of each file as one line: pixel data and what stands after it left out, every binary value inline."""
import json
import sys
import warnings

import pydicom

warnings.simplefilter("ignore")
for path in sys.argv[1:]:
    try:
        data_set = pydicom.dcmread(path, force=True)
        for tag in [tag for tag in data_set.keys() if tag.group >= 0x7FE0 or tag.element == 0]:
            del data_set[tag]
        print(json.dumps({"json": data_set.to_json_dict()}))
    except Exception as error:
        print(json.dumps({"error": type(error).__name__ + ": " + str(error)[:200]}))
