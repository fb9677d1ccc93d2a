# One set of language and warning options for every target of the project.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()
# Names and lines for backtraces, at three quarters of the cost of all that a debugger could want (that is Debug's).
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
# For the slow checks: assertions stay, reports name lines, and the build costs half of an optimised one.
set(CMAKE_C_FLAGS_CHECKED "-O1 -g1")
set(CMAKE_CXX_FLAGS_CHECKED "-O1 -g1")

option(MEDIAD_TESTS "Build the tests" ON)
option(MEDIAD_BENCH "Build the benchmarks and the load generator" ON)
option(MEDIAD_FUZZ "Build the libFuzzer targets (clang only)" OFF)
set(MEDIAD_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. address,undefined or thread")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(mediad_options INTERFACE)
target_include_directories(mediad_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(mediad_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast
  -Werror -fno-omit-frame-pointer)
if(MEDIAD_FUZZ)
  # Every library counts its edges, or the fuzzers would see those of their own file only. The sanitizers bring the
  # runtime that programs without a fuzzer need for the counters.
  if(NOT MEDIAD_SANITIZE)
    set(MEDIAD_SANITIZE address,undefined CACHE STRING "" FORCE)
  endif()
  target_compile_options(mediad_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(MEDIAD_SANITIZE)
  # Packed network headers are read through byte_io, but DPDK's own inline code casts over frames: alignment stays out.
  target_compile_options(mediad_options INTERFACE
    -fsanitize=${MEDIAD_SANITIZE} -fno-sanitize=alignment -fno-sanitize-recover=undefined)
  target_link_options(mediad_options INTERFACE -fsanitize=${MEDIAD_SANITIZE})
endif()
