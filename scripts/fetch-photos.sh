#!/bin/sh
# Fetches the public-domain portraits that the demo and the tests use into .photos/.
# They come inside two PyPI packages, pinned by version and by the digest of the archive.
#   face_recognition 1.3.0 (MIT), tests/test_images: White House photographs, public domain
#   scikit-image 0.24.0 (BSD-3-Clause), skimage/data/astronaut.png: NASA, public domain
# Without Python's pip nothing is fetched and nothing fails: the demo then uses made-up portraits alone.
set -eu
cd "$(dirname "$0")/.."
photos=${XUEYING_PHOTOS:-.photos}
[ -f "$photos/complete" ] && exit 0
if ! python3 -m pip --version >/dev/null 2>&1; then
    echo "fetch-photos: python3 with pip is not here; going on without the public-domain portraits" >&2
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fetch() { python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$work" "$@"; }
if ! { fetch --no-binary :all: face_recognition==1.3.0 &&
    fetch --only-binary :all: --python-version 3.11 --implementation cp --abi cp311 \
        --platform manylinux2014_x86_64 scikit-image==0.24.0; }; then
    echo "fetch-photos: PyPI cannot be reached; going on without the public-domain portraits" >&2
    exit 0
fi

cd "$work"
sha256sum --check --quiet - <<'DIGESTS'
5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec  face_recognition-1.3.0.tar.gz
fa27b3a0dbad807b966b8db2d78da734cb812ca4787f7fbb143764800ce2fa9c  scikit_image-0.24.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl
DIGESTS
tar -xzf face_recognition-1.3.0.tar.gz --strip-components=3 face_recognition-1.3.0/tests/test_images
python3 -m zipfile -e scikit_image-*.whl wheel
cd - >/dev/null
mkdir -p "$photos"
for photo in obama.jpg obama2.jpg obama3.jpg biden.jpg obama_partial_face.jpg obama_partial_face2.jpg; do
    [ ! -f "$work/$photo" ] || cp "$work/$photo" "$photos/"
done
cp "$work/wheel/skimage/data/astronaut.png" "$photos/"
: >"$photos/complete"
echo "fetch-photos: $(ls "$photos" | grep -c '[gG]$') public-domain portraits in $photos/" >&2
