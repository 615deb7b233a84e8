# One function a kind of target. Sources are listed by hand: a file no target
# names is found by tests/lint.

# wringer_library(NAME SOURCES ... HEADERS ... DEPS ... [PRIVATE_DEPS ...])
#
# A static library `NAME` with the alias `wringer::NAME`; includes are written
# from the top of the tree. Every header compiles alone: one with a .cc of its
# name is that file's first include (tests/lint), the others are compiled by the
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
  set(proven ${ARG_HEADERS})
  list(TRANSFORM ARG_SOURCES REPLACE "[.]cc$" ".h" OUTPUT_VARIABLE own)
  list(REMOVE_ITEM ARG_HEADERS ${own})
  list(REMOVE_ITEM proven ${ARG_HEADERS})
  target_sources(
    ${name}
    ${scope} FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${proven}
    ${scope} FILE_SET alone TYPE HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES
             ${ARG_HEADERS})
  if(ARG_HEADERS)
    set_target_properties(${name} PROPERTIES INTERFACE_HEADER_SETS_TO_VERIFY alone)
  else()
    set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS OFF)
  endif()
  target_link_libraries(${name} ${scope} ${ARG_DEPS})
  if(ARG_PRIVATE_DEPS)
    target_link_libraries(${name} PRIVATE ${ARG_PRIVATE_DEPS})
  endif()
  set_property(GLOBAL APPEND PROPERTY WR_LIBRARIES ${name})
endfunction()

# wringer_test(NAME SOURCES ... DEPS ... [LABEL unit|data|golden|property|sim|lint]
#              [TIMEOUT seconds])
#
# One GoogleTest executable, one test of ctest under LABEL.
function(wringer_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;DEPS" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE wringer_options ${ARG_DEPS} GTest::gtest
                                        GTest::gtest_main)
  # After CMAKE_CXX_FLAGS, so the last -O wins: tests are compiled for speed of
  # compiling, what they test for speed of running.
  separate_arguments(test_flags NATIVE_COMMAND "${WR_TEST_FLAGS}")
  target_compile_options(${name} PRIVATE ${test_flags})
  target_compile_definitions(
    ${name} PRIVATE WR_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                    WR_BINARY_DIR="${CMAKE_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${ARG_LABEL}
                                             TIMEOUT ${ARG_TIMEOUT})
endfunction()

# wringer_benchmark(NAME SOURCES ... DEPS ...): a Google Benchmark executable.
function(wringer_benchmark name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE wringer_options ${ARG_DEPS}
                                        benchmark::benchmark_main)
endfunction()

# wringer_fuzzer(NAME SOURCES ... DEPS ... CORPUS folders from the top of the tree)
#
# A fuzz target (LLVMFuzzerTestOneInput). With WR_BUILD_FUZZERS (clang only) a
# libFuzzer executable, part of the target `fuzzers`, whose test of label fuzz
# runs the corpus and then invents for WR_FUZZ_SECONDS of the environment (20);
# what it finds stays in the build tree. Otherwise a test of label fuzz that
# replays the corpus.
function(wringer_fuzzer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;CORPUS" ${ARGN})
  list(TRANSFORM ARG_CORPUS PREPEND ${CMAKE_SOURCE_DIR}/)
  if(NOT WR_BUILD_FUZZERS)
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE wringer_options fuzz_replay ${ARG_DEPS})
    add_test(NAME fuzz.${name} COMMAND ${name} ${ARG_CORPUS})
    set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 120)
    return()
  endif()
  add_executable(${name} EXCLUDE_FROM_ALL ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE wringer_options ${ARG_DEPS})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  if(NOT TARGET fuzzers)
    add_custom_target(fuzzers)
  endif()
  add_dependencies(fuzzers ${name})
  set(found ${CMAKE_CURRENT_BINARY_DIR}/${name}.found)
  file(MAKE_DIRECTORY ${found})
  list(JOIN ARG_CORPUS " " corpus)
  add_test(NAME fuzz.${name}
           COMMAND sh -c "exec $<TARGET_FILE:${name}> -timeout=10 \
             -max_total_time=\${WR_FUZZ_SECONDS:-20} -artifact_prefix=${found}/ \
             ${found} ${corpus}")
  set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 36000)
endfunction()
