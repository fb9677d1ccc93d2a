#include "mediad/base/published.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace base {
namespace {

TEST(Counter, Counts) {
  Counter counter;
  counter.add();
  counter.add(41);
  EXPECT_EQ(counter.get(), 42u);
  counter.set(7);
  EXPECT_EQ(counter.get(), 7u);
}

TEST(Published, ReaderNeverSeesHalfARecord) {
  using Record = std::array<std::uint64_t, 9>;
  Published<Record> published;
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < 20000; ++i) {
      Record record;
      record.fill(i);
      published.store(record);
    }
    done = true;
  });
  while (!done) {
    const auto record = published.load();
    for (const auto word : record) ASSERT_EQ(word, record[0]);
  }
  writer.join();
  EXPECT_EQ(published.load()[8], 19999u);
}

}  // namespace
}  // namespace base
