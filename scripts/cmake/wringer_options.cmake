# Compiler options of first-party code, carried by one INTERFACE target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# Target all_verify_interface_header_sets: headers compile alone.
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

# Sanitizers change the ABI of instrumented objects: all of them or none.
if(WR_SANITIZE)
  add_compile_options(-fsanitize=${WR_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${WR_SANITIZE})
endif()

add_library(wringer_options INTERFACE)
target_compile_features(wringer_options INTERFACE cxx_std_20)
target_compile_options(
  wringer_options
  INTERFACE
    # Floating-point contraction differs between compilers and CPUs.
    -ffp-contract=off -fno-omit-frame-pointer
    # No path of this machine in the binaries; and as the build directory is not
    # named either, ccache serves all presets of equal flags from one entry.
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=
    -ffile-prefix-map=${CMAKE_BINARY_DIR}=.
    -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion
    -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wcast-align
    -Wformat=2 -Wimplicit-fallthrough -Wundef
    $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op -Wuseless-cast
    -Wsequence-point>
    # Not for g++: its -Wpedantic refuses __int128 without a switch of its own.
    $<$<CXX_COMPILER_ID:Clang>:-Wpedantic -Wunsequenced>
    $<$<BOOL:${WR_WERROR}>:-Werror>)
# WR_CHECK stays on everywhere. The libraries' own assertions watch the presets
# that look for bugs; in the others they cost a tenth of a run.
target_compile_definitions(
  wringer_options
  INTERFACE $<IF:$<BOOL:${WR_LIBRARY_ASSERTIONS}>,_GLIBCXX_ASSERTIONS,NDEBUG>
            $<$<BOOL:${WR_MUTANTS}>:WR_MUTANTS_ENABLED=1>)
