# wringer_link_statically(NAMESPACE)
#
# Makes the imported targets NAMESPACE::* name the archives that lie beside their
# shared libraries, where there are any. Debian has both of Abseil's forty, and
# finding, mapping and binding the shared ones takes a process longer than a
# small run.
function(wringer_link_statically namespace)
  get_property(targets DIRECTORY PROPERTY IMPORTED_TARGETS)
  list(FILTER targets INCLUDE REGEX "^${namespace}::")
  foreach(target IN LISTS targets)
    get_target_property(configurations ${target} IMPORTED_CONFIGURATIONS)
    foreach(configuration IN LISTS configurations)
      set(property IMPORTED_LOCATION_${configuration})
      get_target_property(shared ${target} ${property})
      string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive "${shared}")
      if(NOT archive STREQUAL shared AND EXISTS ${archive})
        set_target_properties(${target} PROPERTIES ${property} ${archive})
      endif()
    endforeach()
  endforeach()
endfunction()
