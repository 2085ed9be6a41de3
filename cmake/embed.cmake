# Puts data files (schema, rules, starter knowledge) into the binary, so that it needs no files beside it.
# merlon_embed(TARGET DIR...) writes an assembler file that includes each file's bytes and a C++ table of them.
function(merlon_embed target)
  set(files)
  foreach(dir ${ARGN})
    file(GLOB_RECURSE found CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/${dir}/*)
    list(FILTER found EXCLUDE REGEX "\\.md$")
    list(APPEND files ${found})
  endforeach()
  list(SORT files)
  set(assembler ".section .rodata\n")
  set(table "// Made by cmake/embed.cmake.\n#include \"base/embedded.h\"\nextern \"C\" {\n")
  set(entries "")
  set(index 0)
  set(absolute)
  foreach(file ${files})
    list(APPEND absolute ${PROJECT_SOURCE_DIR}/${file})
    string(APPEND assembler ".global embedded_${index}\n.global embedded_${index}_end\n.balign 64\n"
      "embedded_${index}:\n.incbin \"${PROJECT_SOURCE_DIR}/${file}\"\nembedded_${index}_end:\n.byte 0\n.zero 63\n")
    string(APPEND table "extern const char embedded_${index}[];\nextern const char embedded_${index}_end[];\n")
    string(APPEND entries "    {\"${file}\", {embedded_${index}, embedded_${index}_end}},\n")
    math(EXPR index "${index}+1")
  endforeach()
  string(APPEND assembler ".section .note.GNU-stack,\"\",@progbits\n")
  string(APPEND table "}\nnamespace merlon {\nstd::vector<EmbeddedFile> const& embedded_files() {\n"
    "  static const std::vector<EmbeddedFile> files{\n${entries}  };\n  return files;\n}\n}\n")
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/embedded_data.S CONTENT "${assembler}" @ONLY)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/embedded_table.cpp CONTENT "${table}" @ONLY)
  set_source_files_properties(${CMAKE_BINARY_DIR}/generated/embedded_data.S PROPERTIES OBJECT_DEPENDS "${absolute}")
  target_sources(${target} PRIVATE ${CMAKE_BINARY_DIR}/generated/embedded_data.S
    ${CMAKE_BINARY_DIR}/generated/embedded_table.cpp)
endfunction()

# merlon_embed_file(TARGET NAME FILE) puts one file into the binary as NAME[] up to NAME_end[]. When the file changes, only
# its assembler file is made again; when it is not there yet, the binary has an empty one.
function(merlon_embed_file target name file)
  if(NOT EXISTS ${file})
    file(WRITE ${file} "")
  endif()
  set(assembler ${CMAKE_BINARY_DIR}/generated/${name}.S)
  file(CONFIGURE OUTPUT ${assembler} CONTENT ".section .rodata
.global ${name}
.global ${name}_end
.balign 64
${name}:
.incbin \"${file}\"
${name}_end:
.zero 64
.section .note.GNU-stack,\"\",@progbits
" @ONLY)
  set_source_files_properties(${assembler} PROPERTIES OBJECT_DEPENDS ${file})
  target_sources(${target} PRIVATE ${assembler})
endfunction()
