#pragma once
/// \file
/// The command lines of the load generators.

#include <boost/program_options.hpp>
#include <iostream>
#include <optional>

namespace bench {

/// The values of the command line, also written to where `description` says; nullopt after saying what is
/// wrong with it.
[[nodiscard]] inline std::optional<boost::program_options::variables_map> read_command_line(
    int argc, char** argv, const boost::program_options::options_description& description) {
  namespace po = boost::program_options;
  try {
    po::variables_map map;
    po::store(po::parse_command_line(argc, argv, description), map);
    po::notify(map);
    return map;
  } catch (const po::error& error) {
    std::cerr << error.what() << '\n' << description;
    return std::nullopt;
  }
}

}  // namespace bench
