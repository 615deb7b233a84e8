# One function a kind of target. Sources are listed by hand: a file no target
# names is found by tests/lint.

# wringer_library(NAME SOURCES ... HEADERS ... DEPS ... [PRIVATE_DEPS ...])
#
# A static library `NAME` with the alias `wringer::NAME`; includes are written
# from the top of the tree. Every header is verified to compile alone by the
# target all_verify_interface_header_sets.
function(wringer_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;DEPS;PRIVATE_DEPS" ${ARGN})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${name} PRIVATE wringer_options)
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(wringer::${name} ALIAS ${name})
  target_sources(
    ${name} ${scope} FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES
                     ${ARG_HEADERS})
  target_link_libraries(${name} ${scope} ${ARG_DEPS})
  if(ARG_PRIVATE_DEPS)
    target_link_libraries(${name} PRIVATE ${ARG_PRIVATE_DEPS})
  endif()
  set_property(GLOBAL APPEND PROPERTY WR_LIBRARIES ${name})
endfunction()

# wringer_test(NAME SOURCES ... DEPS ... [LABEL unit|data|golden|property|sim|lint])
#
# One GoogleTest executable, its cases registered with ctest under LABEL.
function(wringer_test name)
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;DEPS" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE wringer_options ${ARG_DEPS} GTest::gtest
                                        GTest::gtest_main)
  target_compile_definitions(
    ${name} PRIVATE WR_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                    WR_BINARY_DIR="${CMAKE_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 600)
endfunction()

# wringer_benchmark(NAME SOURCES ... DEPS ...): a Google Benchmark executable.
function(wringer_benchmark name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE wringer_options ${ARG_DEPS}
                                        benchmark::benchmark_main)
endfunction()

# wringer_fuzzer(NAME SOURCES ... DEPS ...): a libFuzzer executable (clang only).
function(wringer_fuzzer name)
  if(NOT WR_BUILD_FUZZERS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE wringer_options ${ARG_DEPS})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endfunction()
