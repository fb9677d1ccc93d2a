#include "dataplane/hugepages.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace dataplane {
namespace {

// A stand-in for the kernel's folder: plain files, so "free" does not follow "nr".
class Hugepages : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "hugepages-" + std::to_string(getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void put(const char* name, unsigned number) { std::ofstream{folder_ + "/" + name} << number; }
  unsigned get(const char* name) {
    unsigned number = 0;
    std::ifstream{folder_ + "/" + name} >> number;
    return number;
  }

  std::string folder_;
};

TEST_F(Hugepages, FreeOnesAreTakenAsTheyAre) {
  put("free_hugepages", 20);
  put("nr_hugepages", 32);
  const auto reservation = reserve_hugepages(20, folder_);
  EXPECT_TRUE(reservation.enough);
  EXPECT_EQ(reservation.added, 0u);
  EXPECT_EQ(get("nr_hugepages"), 32u);
}

TEST_F(Hugepages, AKernelThatCannotGiveThemIsLeftAsItWas) {
  put("free_hugepages", 3);
  put("nr_hugepages", 5);
  const auto reservation = reserve_hugepages(20, folder_);
  EXPECT_FALSE(reservation.enough);
  EXPECT_EQ(get("nr_hugepages"), 5u);
}

TEST_F(Hugepages, NoFolderMeansNoPages) {
  EXPECT_FALSE(reserve_hugepages(1, folder_ + "/none").enough);
}

TEST_F(Hugepages, ReturningNeverGoesBelowNothing) {
  put("nr_hugepages", 7);
  return_hugepages(3, folder_);
  EXPECT_EQ(get("nr_hugepages"), 4u);
  return_hugepages(9, folder_);
  EXPECT_EQ(get("nr_hugepages"), 0u);
}

TEST_F(Hugepages, OneProcessAtATimeHoldsTheLock) {
  put("nr_hugepages", 0);
  const int other = ::open((folder_ + "/nr_hugepages").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_GE(other, 0);
  {
    const HugepageLock lock{folder_};
    EXPECT_NE(::flock(other, LOCK_EX | LOCK_NB), 0);
  }
  EXPECT_EQ(::flock(other, LOCK_EX | LOCK_NB), 0);
  ::close(other);
}

}  // namespace
}  // namespace dataplane
