#pragma once
/// \file
/// Call records on their way to SQLite, off the control thread.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <semaphore>
#include <string>
#include <thread>

#include "control/records/call_record.h"
#include "mediad/base/result.h"
#include "mediad/base/spsc_ring.h"

struct sqlite3;

namespace control {

struct RecordOptions {
  std::string file;
  /// Older calls are forgotten; 0: none is.
  std::chrono::days retention{0};
};

/// Owns a thread that writes what waits four times a second, in one transaction on the disk: a crash costs at
/// most that much.
class RecordWriter {
 public:
  /// Errors: the file cannot be had.
  [[nodiscard]] static base::Result<std::unique_ptr<RecordWriter>> open(const RecordOptions& options);
  /// Writes what still waits.
  ~RecordWriter();
  RecordWriter(const RecordWriter&) = delete;
  RecordWriter& operator=(const RecordWriter&) = delete;

  /// One producing thread. Never waits: when the disk is seconds behind, the record is lost and counted.
  void write(CallRecord record);
  [[nodiscard]] std::uint64_t lost() const { return lost_.load(std::memory_order_relaxed); }

 private:
  /// Two seconds of 4,000 calls each.
  static constexpr std::size_t kWaiting = 8192;
  static constexpr std::chrono::milliseconds kInterval{250};

  RecordWriter(sqlite3* database, std::chrono::days retention);
  void run();
  void write_waiting();
  void forget_old();

  sqlite3* database_;
  std::chrono::days retention_;
  base::SpscRing<CallRecord> ring_{kWaiting};
  std::atomic<std::uint64_t> lost_{0};
  std::binary_semaphore stop_{0};
  std::thread thread_;
};

}  // namespace control
