#!/usr/bin/env bash
# Puts a Space together: the tracked files, with what OpenEnv's tools look for in a pyproject.toml and our own must not
# have, since the base install is the SDK alone. `--lock` adds a uv.lock, which names the package index it was made with
# (UV_DEFAULT_INDEX, else uv's own) and is therefore not kept in the repository.
#
#   deploy/space.sh FOLDER [--lock]
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1

rm -rf "$folder"
mkdir -p "$folder"
git archive HEAD | tar -x -C "$folder"
# A Space is built from what is pushed, and no Node.js is in its image: the built dashboard has to be in its repository.
if deploy/frontend.sh; then
	cp -R gateway/web "$folder/gateway/web"
	sed -i '/^\/gateway\/web\/$/d' "$folder/.gitignore"
else
	echo 'the dashboard is not built: the Space says so at /web' >&2
fi
sed -i -e 's/^\[project\.scripts\]$/&\nserver = "server.app:main"/' \
	-e 's/^dependencies = \[$/&\n    "openenv>=0.2.0",/' "$folder/pyproject.toml"

if [ "${2:-}" = --lock ]; then
	uv=$(command -v uv) || {
		python3 -m pip install --quiet --disable-pip-version-check --target "$folder.uv" uv
		uv=$folder.uv/bin/uv
	}
	"$uv" lock --quiet --project "$folder"
fi
echo "$folder is a Space: git init, commit, and push it there; or openenv push --directory $folder"
