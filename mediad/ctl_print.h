#pragma once
/// \file
/// The daemon's JSON replies as tables for a terminal.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace mediad {

/// The reply to `command`; one that has no table of its own prints as JSON.
[[nodiscard]] std::string print_reply(std::string_view command, const nlohmann::ordered_json& reply);

/// Rates between two replies to `top`.
[[nodiscard]] std::string print_top(const nlohmann::ordered_json& before, const nlohmann::ordered_json& now);

}  // namespace mediad
