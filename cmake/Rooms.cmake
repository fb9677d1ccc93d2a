# mediad_library(NAME SOURCES ... [LINK ...] [PRIVATE_LINK ...]): one room or alcove as a static library.
function(mediad_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC mediad_options ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK})
endfunction()

# mediad_test(NAME SOURCES ... [LINK ...] [LABELS ...]): one GoogleTest program that mirrors one alcove.
# It runs as one CTest test with the tests/data folder as MEDIAD_TEST_DATA.
function(mediad_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE mediad_options ${ARG_LINK} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE MEDIAD_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data")
  # GoogleTest's templates are most of what is compiled: a light hand there halves the build.
  target_compile_options(${name} PRIVATE -O1 -g1)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()

# mediad_fuzzer(NAME SOURCES ... [LINK ...]): a libFuzzer target, run over its corpus as a test.
# Corpus: tests/data/fuzz/NAME/.
function(mediad_fuzzer name)
  if(NOT MEDIAD_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE mediad_options ${ARG_LINK})
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  add_test(NAME ${name}
           COMMAND ${name} -max_total_time=5 -max_len=65536 -timeout=5 -artifact_prefix=${CMAKE_BINARY_DIR}/
                   ${CMAKE_BINARY_DIR}/fuzz/${name} ${CMAKE_SOURCE_DIR}/tests/data/fuzz/${name})
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz/${name})
  set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT 60)
endfunction()
