# A room is a static library made of every .cpp below src/NAME; its tests (*_test.cpp) stand beside the code
# and are linked into one test program; fuzz targets (*_fuzz.cpp) each make a program of their own.

add_library(merlon_flags INTERFACE)
target_compile_options(merlon_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wno-missing-field-initializers -fno-omit-frame-pointer)
# Warnings stop the build that the tests run, never a user's: what an optimiser guesses differs by its version.
if(MERLON_CHECKED)
  target_compile_options(merlon_flags INTERFACE -Werror)
endif()
# GCC 12 sees impossible lengths in std::string's own code when it inlines much (GCC bugs 105329, 105651).
target_compile_options(merlon_flags INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict -Wno-array-bounds
  -Wno-maybe-uninitialized>)
# clang's precompiled header is known by what it says, not by when it was made, so that a compiler cache can give it out again.
target_compile_options(merlon_flags INTERFACE $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
# Nor does it remember that the standard library may use what it deprecates itself (std::stable_sort does).
target_compile_options(merlon_flags INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
target_include_directories(merlon_flags INTERFACE ${PROJECT_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
if(MERLON_CHECKED)
  # Null pointers end in AddressSanitizer anyway, and x86 reads what is not aligned: without these two checks of every access the
  # code is half as large (the fuzz targets have them, and that of numbers too large for what they become). At a fixed address, nothing of it is rewritten whenever a program starts,
  # which suites do a thousand times.
  target_compile_options(merlon_flags INTERFACE -fsanitize=address,undefined -fno-sanitize=null,alignment,float-cast-overflow -fno-sanitize-recover=all -fno-pie)
  target_link_options(merlon_flags INTERFACE -fsanitize=address,undefined -no-pie)
endif()
if(MERLON_FUZZ)
  target_compile_options(merlon_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined
    -fno-sanitize-recover=undefined)
  target_link_options(merlon_flags INTERFACE -fsanitize=address,undefined)
endif()

define_property(GLOBAL PROPERTY MERLON_TEST_SOURCES)
define_property(GLOBAL PROPERTY MERLON_ROOMS)

function(merlon_room name)
  cmake_parse_arguments(ROOM "" "" "DEPENDS;SYSTEM" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  set(tests ${sources})
  set(fuzzers ${sources})
  set(benches ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC merlon_flags ${ROOM_DEPENDS} ${ROOM_SYSTEM})
  if(name STREQUAL base)
    target_precompile_headers(base PRIVATE ${PROJECT_SOURCE_DIR}/src/base/precompiled.h)
  else()
    target_precompile_headers(${name} REUSE_FROM base)
  endif()
  set_property(GLOBAL APPEND PROPERTY MERLON_TEST_SOURCES ${tests})
  set_property(GLOBAL APPEND PROPERTY MERLON_ROOMS ${name})
  if(MERLON_FUZZ)
    foreach(fuzzer ${fuzzers})
      get_filename_component(target ${fuzzer} NAME_WE)
      add_executable(${target} ${fuzzer})
      target_link_libraries(${target} PRIVATE ${name})
      target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    endforeach()
  endif()
endfunction()
