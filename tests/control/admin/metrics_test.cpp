#include "control/admin/metrics.h"

#include <regex>
#include <set>
#include <sstream>

#include "tests/control/call_fixture.h"

namespace control::admin {
namespace {

using testing::HasSubstr;

class MetricsTest : public CallServiceTest {};

TEST_F(MetricsTest, EveryLineIsWellFormedAndEveryFamilyIsDescribedOnce) {
  std::istringstream page{print_metrics(*service, std::chrono::seconds{5})};
  const std::regex sample{R"(mediad_[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [-+0-9.e]+)"};
  std::set<std::string> described, samples;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("# TYPE ")) {
      EXPECT_TRUE(described.insert(line.substr(7, line.find(' ', 7) - 7)).second) << line;
    } else if (!line.starts_with("# HELP ")) {
      EXPECT_TRUE(std::regex_match(line, sample)) << line;
      EXPECT_TRUE(samples.insert(line.substr(0, line.rfind(' '))).second) << line << " comes twice";
    }
  }
  EXPECT_GT(described.size(), 30U);
}

TEST_F(MetricsTest, FiguresAreThoseOfTheService) {
  ASSERT_TRUE(offer("a", "", audio(6000)));
  ASSERT_TRUE(answer("a", "b", audio(7000)));
  settle();
  worker.link.stats.drops[static_cast<std::size_t>(dataplane::Drop::kWrongSource)].add(9);
  worker.link.stats.longest_turn_ns.set(1500000);
  service->counters().requests[1].latency.add(std::chrono::microseconds{30});
  const auto page = print_metrics(*service, std::chrono::seconds{5});
  for (const auto* line :
       {"\nmediad_sessions 1\n", "\nmediad_mediastreams 1\n", "\nmediad_transcoded_media 0\n",
        "\nmediad_dropped_packets_total{reason=\"wrong_source\"} 9\n",
        "\nmediad_worker_longest_turn_seconds{worker=\"0\"} 0.0015\n",
        "\nmediad_ports_free{name=\"default\",address=\"192.0.2.1\"} 96\n",
        "\nmediad_request_seconds_bucket{request=\"offer\",le=\"2e-05\"} 0\n",
        "\nmediad_request_seconds_bucket{request=\"offer\",le=\"5e-05\"} 1\n",
        "\nmediad_request_seconds_bucket{request=\"offer\",le=\"+Inf\"} 1\n"}) {
    EXPECT_THAT(page, HasSubstr(line));
  }
}

}  // namespace
}  // namespace control::admin
