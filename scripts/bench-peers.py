#!/usr/bin/env python3
"""Times other engines on the nets that crates/vision runs, one thread: run it right before or after `cargo bench -p vision`.

    pip install numpy==1.26.4 ai-edge-litert==2.3.0 mediapipe==0.10.21
    python scripts/bench-peers.py [portrait.jpg]

LiteRT (XNNPACK) runs the detector. Python MediaPipe runs whole calls, warps included, on the portrait: its face mesh
(detector and 478 landmarks) and its person mask.
"""

import pathlib
import statistics
import sys
import time

import numpy as np

MODULES = pathlib.Path(__file__).resolve().parent.parent / "node_modules"


def report(name, run, runs=100):
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        run()
        times.append((time.perf_counter() - started) * 1e3)
    print(f"{name:<36} {statistics.median(times[runs // 10:]):7.2f} (fastest {min(times):.2f})")


def litert():
    from ai_edge_litert.interpreter import Interpreter

    pack = (MODULES / "@mediapipe/face_mesh/face_mesh_solution_packed_assets.data").read_bytes()
    detector = Interpreter(model_content=pack[3757224:3986256], num_threads=1)
    detector.allocate_tensors()
    detector.set_tensor(detector.get_input_details()[0]["index"], np.zeros((1, 128, 128, 3), np.float32))
    report("LiteRT detector 128", detector.invoke)


def mediapipe(portrait):
    import mediapipe
    from PIL import Image

    picture = np.asarray(Image.open(portrait).convert("RGB"))
    mesh = mediapipe.solutions.face_mesh.FaceMesh(static_image_mode=True, refine_landmarks=True)
    report("MediaPipe detector + 478 landmarks", lambda: mesh.process(picture))
    person = mediapipe.solutions.selfie_segmentation.SelfieSegmentation(model_selection=0)
    report("MediaPipe person mask", lambda: person.process(picture))


litert()
if len(sys.argv) > 1:
    mediapipe(sys.argv[1])
