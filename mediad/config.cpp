#include "mediad/config.h"

#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "mediad/ini_file.h"
#include "mediad/keys.h"

namespace mediad {
namespace {

namespace po = boost::program_options;
using base::Error;
using base::Result;

/// Applies one key, whatever its source; `where` prefixes the errors.
Result<void> apply_key(std::string_view where, std::string_view name, std::string_view value,
                       Configuration& configuration) {
  const auto* key = find_key(name);
  if (key == nullptr) {
    return Error{fmt::format("{}: there is no key '{}'; did you mean '{}'?", where, name, nearest_key(name))};
  }
  if (key->kind == KeyKind::kIgnored) {
    configuration.warnings.push_back(fmt::format("{}: '{}' is ignored: {}", where, name, key->help));
    return {};
  }
  if (value.empty() && key->kind != KeyKind::kFlag)
    return Error{fmt::format("{}: '{}' lacks its value", where, name)};
  auto rest = value;
  do {
    const auto end = key->kind == KeyKind::kList ? rest.find(';') : std::string_view::npos;
    auto item = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    if (item.empty() && key->kind == KeyKind::kList) continue;  // a trailing ';'
    if (auto applied = key->apply(item, configuration.options); !applied) {
      return Error{fmt::format("{}: {}: {}", where, name, applied.error().text)};
    }
  } while (!rest.empty());
  return {};
}

/// rtpengine's short options that are in daily use.
std::string with_short_name(std::string_view name) {
  if (name == "interface") return "interface,i";
  if (name == "listen-ng") return "listen-ng,n";
  if (name == "log-level") return "log-level,L";
  if (name == "port-min") return "port-min,m";
  if (name == "port-max") return "port-max,M";
  if (name == "table") return "table,t";
  if (name == "foreground") return "foreground,f";
  if (name == "log-stderr") return "log-stderr,E";
  return std::string{name};
}

bool takes_no_value(const Key& key) {
  constexpr std::string_view kBareIgnored[] = {"no-fallback",       "foreground",        "log-stderr",
                                               "poller-per-thread", "no-redis-required", "io-uring",
                                               "jitter-buffer"};
  return key.kind == KeyKind::kFlag ||
         std::find(std::begin(kBareIgnored), std::end(kBareIgnored), key.name) != std::end(kBareIgnored);
}

po::options_description describe_options() {
  po::options_description all{"mediad [OPTION...]"};
  auto add = all.add_options();
  add("config-file", po::value<std::string>(),
      "file to read (default /etc/mediad/mediad.conf if it exists; 'none')");
  add("config-section", po::value<std::string>(),
      "its section that counts (default mediad; rtpengine as well)");
  add("check", "validate the configuration and exit");
  add("help,h", "print this");
  add("version,v", "print the version");
  for (const auto& key : keys()) {
    const auto name = with_short_name(key.name);
    const std::string help{key.kind == KeyKind::kIgnored ? "ignored: " + std::string{key.help} : key.help};
    auto* value = po::value<std::vector<std::string>>()->composing();
    if (takes_no_value(key)) value->implicit_value({""}, "");
    add(name.c_str(), value, help.c_str());
  }
  return all;
}

Result<po::variables_map> read_command_line(const std::vector<std::string>& arguments) {
  po::variables_map values;
  try {
    const auto description = describe_options();
    const po::positional_options_description none;
    // No guessing: an abbreviated key in a start script would change meaning when a key is added.
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(arguments).options(description).positional(none).style(style).run(),
              values);
  } catch (const po::unknown_option& e) {
    auto name = e.get_option_name();
    name.erase(0, name.find_first_not_of('-'));
    name.erase(std::min(name.find('='), name.size()));
    return Error{
        fmt::format("command line: there is no key '{}'; did you mean '{}'?", name, nearest_key(name))};
  } catch (const po::error& e) {
    return Error{fmt::format("command line: {}", e.what())};
  }
  return values;
}

Result<void> check_whole(const Options& options) {
  if (options.port_min.number >= options.port_max.number) {
    return Error{fmt::format("port-min {} is not below port-max {}", options.port_min.number,
                             options.port_max.number)};
  }
  if (!options.cpus.empty() && options.cpus.size() != options.workers) {
    return Error{fmt::format("cpus names {} CPUs for {} workers", options.cpus.size(), options.workers)};
  }
  return {};
}

/// "" means the sections that are ours by default.
bool is_ours(std::string_view section, std::string_view wanted) {
  if (!wanted.empty()) return section == wanted;
  return section.empty() || section == "mediad" || section == "rtpengine";
}

Result<void> apply_file(const po::variables_map& values, Configuration& configuration) {
  const bool named = values.count("config-file") != 0;
  const auto path = named ? values["config-file"].as<std::string>() : std::string{kDefaultConfigFile};
  if (path == "none" || (!named && !std::filesystem::exists(path))) return {};
  std::ifstream file{path, std::ios::binary};
  if (!file) return Error{fmt::format("{}: cannot be read", path)};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  configuration.file = path;
  const auto section =
      values.count("config-section") != 0 ? values["config-section"].as<std::string>() : std::string{};
  return apply_config_text(text, path, section, configuration);
}

Result<void> apply_command_line(const po::variables_map& values, Configuration& configuration) {
  for (const auto& key : keys()) {
    const std::string name{key.name};
    if (values.count(name) == 0) continue;
    // What the command line lists replaces what the file lists.
    if (name == "interface") configuration.options.interfaces.clear();
    if (name == "port") configuration.options.ports.clear();
    if (name == "listen-ng") configuration.options.listen_ng.clear();
    if (name == "listen-sip") configuration.options.listen_sip.clear();
    if (name == "sip-trusted-proxy") configuration.options.sip_trusted_proxies.clear();
    if (name == "listen-http") configuration.options.listen_http.clear();
    for (const auto& value : values[name].as<std::vector<std::string>>()) {
      if (auto applied = apply_key("command line", name, value, configuration); !applied) return applied;
    }
  }
  return {};
}

}  // namespace

Result<void> apply_config_text(std::string_view text, std::string_view file, std::string_view section,
                               Configuration& configuration) {
  const auto entries = parse_ini(text);
  if (!entries) return Error{fmt::format("{}: {}", file, entries.error().text)};
  for (const auto& entry : *entries) {
    if (!is_ours(entry.section, section)) continue;
    const auto where = fmt::format("{}: line {}", file, entry.line);
    if (auto applied = apply_key(where, entry.key, entry.value, configuration); !applied) return applied;
  }
  return {};
}

Result<Configuration> load_configuration(const std::vector<std::string>& arguments) {
  const auto values = read_command_line(arguments);
  if (!values) return values.error();
  Configuration configuration;
  if (values->count("help") != 0) configuration.action = Action::kHelp;
  if (values->count("version") != 0) configuration.action = Action::kVersion;
  if (values->count("check") != 0) configuration.action = Action::kCheck;
  if (configuration.action == Action::kHelp || configuration.action == Action::kVersion) return configuration;
  if (auto applied = apply_file(*values, configuration); !applied) return applied.error();
  if (auto applied = apply_command_line(*values, configuration); !applied) return applied.error();
  if (auto checked = check_whole(configuration.options); !checked) return checked.error();
  return configuration;
}

std::string help_text() {
  std::ostringstream text;
  text << describe_options();
  return text.str();
}

}  // namespace mediad
