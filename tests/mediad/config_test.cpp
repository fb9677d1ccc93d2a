#include "mediad/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace mediad {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string error_of(const base::Result<void>& result) {
  return result ? "" : result.error().text;
}

TEST(Config, TakesAPastedRtpengineConf) {
  Configuration configuration;
  const auto applied = apply_config_text(
      "[rtpengine]\n"
      "table = 0\n"
      "no-fallback = false\n"
      "interface = internal/10.0.0.5;external/10.0.1.5!203.0.113.7\n"
      "listen-ng = 127.0.0.1:2223\n"
      "timeout = 60\nsilent-timeout = 3600\ntos = 184\n"
      "delete-delay = 5\nport-min = 30000\nport-max = 40000\nnum-threads = 4\n"
      "[rtpengine-testing]\nno-such-key = 1\n",
      "rtpengine.conf", "", configuration);
  EXPECT_EQ(error_of(applied), "");
  ASSERT_EQ(configuration.options.interfaces.size(), 2u);
  EXPECT_EQ(configuration.options.interfaces[1].name, "external");
  EXPECT_EQ(configuration.options.delete_delay.count(), 5);
  EXPECT_THAT(configuration.warnings,
              ElementsAre(HasSubstr("line 2: 'table' is ignored"), HasSubstr("line 3: 'no-fallback'"),
                          HasSubstr("line 12: 'num-threads'")));
}

TEST(Config, NamesTheLineAndTheNearestKey) {
  Configuration configuration;
  EXPECT_EQ(error_of(apply_config_text("[mediad]\n\ninterfce = 10.0.0.1\n", "m.conf", "", configuration)),
            "m.conf: line 3: there is no key 'interfce'; did you mean 'interface'?");
  EXPECT_EQ(error_of(apply_config_text("tos = 300\n", "m.conf", "", configuration)),
            "m.conf: line 1: tos: 300 is not in 0..255");
  EXPECT_EQ(error_of(apply_config_text("interface = \n", "m.conf", "", configuration)),
            "m.conf: line 1: 'interface' lacks its value");
}

TEST(Config, CommandLineOverridesTheFile) {
  const auto path =
      std::filesystem::temp_directory_path() / ("mediad_config_test." + std::to_string(::getpid()));
  std::ofstream{path} << "[mediad]\ninterface = 10.0.0.1\ntimeout = 10\nlog-level = 4\n";
  const auto configuration =
      load_configuration({"--config-file=" + path.string(), "-i", "10.0.0.2", "--interface",
                          "six/2001:db8::1", "--timeout=20", "-f", "-E", "--table=-1"});
  std::filesystem::remove(path);
  ASSERT_TRUE(configuration) << configuration.error().text;
  ASSERT_EQ(configuration->options.interfaces.size(), 2u);
  EXPECT_EQ(configuration->options.interfaces[0].local.to_string(), "10.0.0.2");
  EXPECT_EQ(configuration->options.timeout.count(), 20);
  EXPECT_EQ(configuration->options.log_level, 4);
  EXPECT_EQ(configuration->file, path.string());
  EXPECT_EQ(configuration->warnings.size(), 3u);
}

TEST(Config, RefusesWhatContradictsItself) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--config-file=none", "--prt-min=5"},
       "command line: there is no key 'prt-min'; did you mean 'port-min'?"},
      {{"--config-file=none", "--port-min=5000", "--port-max=4000"},
       "port-min 5000 is not below port-max 4000"},
      {{"--config-file=none", "--workers=2", "--cpus=1"}, "cpus names 1 CPUs for 2 workers"},
      {{"--config-file=/nonexistent/m.conf"}, "/nonexistent/m.conf: cannot be read"},
  };
  for (const auto& [arguments, message] : cases) {
    const auto configuration = load_configuration(arguments);
    ASSERT_FALSE(configuration);
    EXPECT_EQ(configuration.error().text, message);
  }
}

TEST(Config, SaysWhatToDo) {
  EXPECT_EQ(load_configuration({"--check", "--config-file=none"})->action, Action::kCheck);
  EXPECT_EQ(load_configuration({"--help"})->action, Action::kHelp);
  EXPECT_EQ(load_configuration({"-v"})->action, Action::kVersion);
  EXPECT_THAT(help_text(), HasSubstr("--endpoint-learning"));
}

}  // namespace
}  // namespace mediad
