#pragma once
/// \file
/// Runs another program to its end. Control thread at start and stop only: it blocks.

#include <string>
#include <vector>

#include "mediad/base/result.h"

namespace dataplane {

/// What the program wrote to standard output. The first argument is its path; no shell, no environment but
/// PATH. Errors: it cannot be started, or its exit status is not 0; the text is what it wrote to standard
/// error.
[[nodiscard]] base::Result<std::string> run_program(const std::vector<std::string>& arguments);

}  // namespace dataplane
