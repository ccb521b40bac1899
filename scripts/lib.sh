# shellcheck shell=bash
# What ./run, ./test and docker/check share: tools are looked for, packages are installed once, messages say what happens.
# To be sourced from the project's top directory.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { printf '%s\n' "$*"; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

require_dotnet() {
    command -v dotnet >/dev/null ||
        die "the .NET SDK is missing. Install .NET 10 (https://dotnet.microsoft.com/download) and run this again."
    # In this directory dotnet obeys global.json and explains itself when no installed SDK fits.
    local answer
    answer=$(dotnet --version 2>&1) || die "no installed .NET SDK fits global.json:
$answer"
}

require_node() {
    { command -v node && command -v npm; } >/dev/null ||
        die "Node.js is missing. Install Node 20 or newer with npm (https://nodejs.org) and run this again."
    local major
    major=$(node -p 'process.versions.node.split(".")[0]')
    [ "$major" -ge 20 ] || die "Node $(node --version) is too old: version 20 or newer is needed."
}

# npm_packages DIRECTORY: what its lock file names, installed once per lock file. No package's own scripts are run.
npm_packages() {
    # contracts/test keeps the same stamp.
    local directory=$1 wanted stamp=$1/node_modules/.lock-hash
    wanted=$(sha256sum <"$directory/package-lock.json" | cut -d' ' -f1)
    [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] || return 0
    mkdir -p artifacts
    # One at a time, should two commands run at once.
    (
        flock 9
        [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] || exit 0
        say "Installing the Node packages of $directory …" >&2
        (cd "$directory" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >artifacts/npm.log 2>&1 || {
            cat artifacts/npm.log >&2
            die "npm ci failed in $directory."
        }
        echo "$wanted" >"$stamp"
    ) 9>artifacts/npm.lock
}

# web_build: the market's browser pages, in src/Workers.Dashboard/wwwroot, made when a source is newer.
web_build() {
    local web=src/Workers.Dashboard/web stamp=artifacts/built/web pages=src/Workers.Dashboard/wwwroot
    npm_packages "$web"
    mkdir -p artifacts/built
    (
        flock 9
        if [ ! -f "$stamp" ] || [ ! -f "$pages/index.html" ] || newer_than "$stamp" "$web" contracts/abi; then
            say "Building the market's pages …" >&2
            touch "$stamp.new"
            (cd "$web" && npm run --silent build) >artifacts/web.log 2>&1 9>&- || {
                cat artifacts/web.log >&2
                die "the market's pages could not be built."
            }
            mv "$stamp.new" "$stamp"
        fi
    ) 9>artifacts/web.lock
}

# newer_than STAMP PATH...: whether a file under a path changed after the stamp file was written.
newer_than() {
    local stamp=$1
    shift
    [ -n "$(find "$@" \( -name bin -o -name obj -o -name node_modules -o -name out -o -name cache \) -prune -o -type f -newer "$stamp" -print -quit)" ]
}
