# What the entry points share: Debian packages, configuring and building.
#
# Sourced by POSIX sh with `root` set to the top of the tree. Everything said
# here goes to stderr, so that stdout stays the caller's. A function that cannot
# do its work says why and how to go on, and ends the script with exit code 5
# ("the tool itself failed").

exit_tool_failed=5

# Debian keeps it off PATH; without it sanitizers name addresses, not lines.
ASAN_SYMBOLIZER_PATH=/usr/lib/llvm-19/bin/llvm-symbolizer
export ASAN_SYMBOLIZER_PATH

say() { printf 'wringer: %s\n' "$*" >&2; }

die() {
  say "$1"
  shift
  for line; do printf '         %s\n' "$line" >&2; done
  exit "$exit_tool_failed"
}

# The last lines of a log that a person should see.
show_log() { tail -n "${2:-25}" "$1" | sed 's/^/  | /' >&2; }

# Prints the packages of the named groups, in the order of packages.txt.
packages_of() {
  for group; do
    while read -r package_group package _; do
      if [ "$package_group" = "$group" ]; then printf '%s ' "$package"; fi
    done < "$root/scripts/lib/packages.txt"
  done
}

# Prints those of the named packages that are not installed.
missing_packages() {
  # dpkg-query fails when it has never heard of a package: that is an answer.
  installed=$(dpkg-query -W -f='|${Package} ${db:Status-Status}|' "$@" \
    2>/dev/null) || :
  for package; do
    case $installed in
      *"|$package installed|"*) ;;
      *) printf '%s ' "$package" ;;
    esac
  done
}

# Installs what is missing of the named groups. Sets `installed_something`.
ensure_packages() {
  installed_something=no
  if ! command -v dpkg-query >/dev/null 2>&1; then
    die "dpkg-query is not here, so this is not Debian." \
      "Wringer is built and tested on Debian 12. Elsewhere, install what" \
      "scripts/lib/packages.txt lists, then: cmake --workflow --preset ci"
  fi
  # shellcheck disable=SC2046 # package names are words
  missing=$(missing_packages $(packages_of "$@"))
  if [ -z "$missing" ]; then return 0; fi
  # shellcheck disable=SC2086
  install_packages $missing
  installed_something=yes
}

install_packages() {
  command="apt-get install --no-install-recommends $*"
  if [ "${WRINGER_NO_INSTALL:-}" ]; then
    die "missing packages, and WRINGER_NO_INSTALL forbids to install them:" \
      "$command"
  elif [ "$(id -u)" -eq 0 ]; then
    sudo=
  elif command -v sudo >/dev/null 2>&1; then
    sudo=sudo
  else
    die "missing packages, and neither root nor sudo to install them. As root:" \
      "$command"
  fi
  log=$root/build/apt.log
  mkdir -p "$root/build"
  say "installing $# missing Debian packages with apt (log: build/apt.log): $*"
  # A failed update is not the end: the lists at hand may do.
  # shellcheck disable=SC2086 # an empty $sudo is no word
  if ! $sudo apt-get -q update >"$log" 2>&1; then
    say "apt-get update failed; trying with the package lists at hand"
  fi
  # --no-remove: never take away what the owner of the machine installed, e.g.
  # another version of boost, whose -dev packages exclude each other.
  # shellcheck disable=SC2086
  if ! $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
    -o DPkg::Lock::Timeout=300 install --no-install-recommends --no-remove \
    "$@" >>"$log" 2>&1; then
    show_log "$log" 12
    die "apt could not install everything. To see it, and to decide yourself:" \
      "${sudo:+$sudo }$command"
  fi
}

# One builder at a time in this tree. Holds the lock until `unlock_tree`.
lock_tree() {
  mkdir -p "$root/build"
  exec 9>"$root/build/.lock"
  if ! flock -n 9; then
    say "another build runs in this tree; waiting for it"
    flock 9
  fi
}
unlock_tree() { exec 9>&-; }

# configure PRESET BINARY_DIR [cmake options]: does nothing when the tree was
# configured since the presets or the packages last changed; ninja itself runs
# cmake again when a CMakeLists.txt changed.
configure() {
  preset=$1
  dir=$2
  shift 2
  stamp=$dir/.configured
  if [ -e "$dir/CMakeCache.txt" ] &&
    ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$dir/CMakeCache.txt"; then
    say "${dir#"$root"/} was made for another checkout; starting it afresh"
    rm -rf "$dir"
  fi
  if [ -e "$stamp" ] && [ -e "$dir/build.ninja" ] &&
    [ "$installed_something" = no ] &&
    ! [ "$root/CMakePresets.json" -nt "$stamp" ]; then
    return 0
  fi
  mkdir -p "$dir"
  say "configuring preset $preset in ${dir#"$root"/}"
  if ! (cd "$root" && cmake --preset "$preset" -B "$dir" "$@") \
    >"$dir/configure.log" 2>&1; then
    show_log "$dir/configure.log"
    die "cmake could not configure preset $preset; its words are above and in" \
      "${dir#"$root"/}/configure.log"
  fi
  touch "$stamp"
}

# How many compilers at once: one a core, and 1 GiB of memory for each.
build_jobs() {
  cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null) || cores=2
  kib=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo) || kib=
  fit=$((${kib:-4194304} / 1048576))
  if [ "$fit" -lt "$cores" ]; then cores=$fit; fi
  if [ "$cores" -lt 1 ]; then cores=1; fi
  echo "$cores"
}

# build_targets BINARY_DIR TARGET...: silent when there is nothing to do.
build_targets() {
  dir=$1
  shift
  case $(ninja -C "$dir" -n "$@" 2>&1) in
    *"ninja: no work to do.") return 0 ;;
  esac
  say "building $* in ${dir#"$root"/} (the first time takes minutes)"
  NINJA_STATUS=${NINJA_STATUS:-'[%f/%t, %e s] '}
  export NINJA_STATUS
  if ! ninja -C "$dir" -j "$(build_jobs)" "$@" >&2; then
    die "the build failed; the compiler's words are above." \
      "To try again by hand: ninja -C ${dir#"$root"/} $*"
  fi
}
