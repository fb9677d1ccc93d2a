#include "dataplane/codec_stage.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "dataplane/transcoder.h"

namespace dataplane {

namespace {

template <typename Batches>
auto& batch_of(Batches& batches, const codecs::Codec* codec) {
  return *std::find_if(batches.begin(), batches.end(),
                       [&](const auto& batch) { return batch.codec == codec; });
}

/// True if a job of this coder waits in the batch.
template <typename Batch, typename Same>
bool any_waiting(const Batch& batch, Same same) {
  for (auto i = batch.head; i < batch.count; ++i) {
    if (same(batch.jobs[i])) return true;
  }
  return false;
}

/// Calls the codec for the next `n` jobs, timed for budget and counters.
template <typename Batch, typename Work>
base::Duration timed(Batch& batch, std::size_t n, Work work) {
  const std::span jobs{&batch.jobs[batch.head], n};
  const auto start = base::MonotonicClock::now();
  work(jobs);
  const auto took = base::MonotonicClock::now() - start;
  const auto ns = static_cast<std::uint64_t>(took.count());
  auto& counted = *batch.work;
  counted.ns.add(ns);
  counted.jobs.add(n);
  counted.batches.add();
  for (const auto& job : jobs) {
    if (job.redone != 0) counted.redone.add(job.redone);
  }
  const auto each = static_cast<std::uint32_t>(ns / n);
  batch.ns_per_job = batch.ns_per_job == 0 ? each : batch.ns_per_job - batch.ns_per_job / 8 + each / 8;
  return took;
}

/// The first `n` jobs are done.
template <typename Batch>
void take_off(Batch& batch, std::size_t n) {
  batch.head += n;
  if (batch.head == batch.count) batch.head = batch.count = 0;
}

/// When a batch need not wait any longer.
template <typename Batch>
base::Instant due_of(const Batch& batch) {
  if (batch.count == 0) return base::Instant::max();
  if (batch.lanes == 1 || batch.count - batch.head >= batch.lanes) return base::Instant::min();
  return batch.requests[batch.head].now + CodecStage::kCompany;
}

/// Dear jobs are done a few at a time, so that the budget is overrun by one of them at most. Those of a codec
/// with lanes cost as much together as one alone.
template <typename Batch>
std::size_t affordable(const Batch& batch, base::Duration budget) {
  if (batch.lanes > 1) return kBatch;
  const auto cost = std::max<std::int64_t>(batch.ns_per_job, 1);
  return static_cast<std::size_t>(std::clamp<std::int64_t>(budget.count() / cost, 1, kBatch));
}

/// The codec gave up on a payload: its decoder conceals the gap.
void conceal(const codecs::Codec& codec, codecs::DecodeJob& job) {
  job.kind = codecs::DecodeKind::kLost;
  job.payload = {};
  codec.decode({&job, 1});
}

}  // namespace

CodecStage::CodecStage(std::span<const codecs::Codec* const> codecs, Outlet& outlet, WorkerStats& stats)
    : outlet_(outlet) {
  assert(codecs.size() <= kMostCodecs);
  decode_.reserve(codecs.size());
  encode_.reserve(codecs.size());
  for (std::size_t i = 0; i < codecs.size(); ++i) {
    decode_.emplace_back(codecs[i], stats.decoders[i]);
    encode_.emplace_back(codecs[i], stats.encoders[i]);
  }
}

CodecStage::~CodecStage() = default;

void CodecStage::decode(Transcoder& owner, const DecodeRequest& request) {
  auto& batch = batch_of(decode_, request.codec);
  if (batch.count == kBatch ||
      any_waiting(batch, [&](const codecs::DecodeJob& job) { return job.decoder == request.decoder; })) {
    run_batch(batch, batch.count - batch.head);
  }
  const auto i = batch.count++;
  auto& room = batch.rooms[i];
  const auto size = std::min(request.payload.size(), room.payload.size());
  if (size != 0) std::memcpy(room.payload.data(), request.payload.data(), size);
  batch.requests[i] = request;
  batch.requests[i].payload = base::Octets{room.payload.data(), size};
  batch.owners[i] = &owner;
  batch.jobs[i] = codecs::DecodeJob{.decoder = request.decoder,
                                    .payload = batch.requests[i].payload,
                                    .pcm = room.pcm,
                                    .samples_wanted = request.samples_wanted,
                                    .kind = request.kind};
  ++waiting_;
}

void CodecStage::encode(Transcoder& owner, const EncodeRequest& request) {
  auto& batch = batch_of(encode_, request.codec);
  if (batch.count == kBatch ||
      any_waiting(batch, [&](const codecs::EncodeJob& job) { return job.encoder == request.encoder; })) {
    run_batch(batch, batch.count - batch.head);
  }
  const auto i = batch.count++;
  auto& room = batch.rooms[i];
  const auto size = std::min(request.pcm.size(), room.pcm.size());
  std::memcpy(room.pcm.data(), request.pcm.data(), size * sizeof(std::int16_t));
  batch.requests[i] = request;
  batch.owners[i] = &owner;
  batch.jobs[i] = codecs::EncodeJob{.encoder = request.encoder,
                                    .pcm = {room.pcm.data(), size},
                                    .payload = base::MutableOctets{room.packet}.subspan(kRtpRoom)};
  ++waiting_;
}

base::Duration CodecStage::run_batch(DecodeBatch& batch, std::size_t n) {
  const auto first = batch.head;
  const auto took = timed(batch, n, [&](auto jobs) { batch.codec->decode(jobs); });
  for (auto i = first; i < first + n; ++i) {
    auto& job = batch.jobs[i];
    const bool ok = job.ok;
    if (!ok) conceal(*batch.codec, job);
    const auto samples = job.ok ? std::min<std::size_t>(job.samples, kMaxPcm) : 0;
    batch.owners[i]->decoded({batch.requests[i], {batch.rooms[i].pcm.data(), samples}, ok}, *this);
  }
  take_off(batch, n);
  waiting_ -= n;
  return took;
}

base::Duration CodecStage::run_batch(EncodeBatch& batch, std::size_t n) {
  const auto first = batch.head;
  const auto took = timed(batch, n, [&](auto jobs) { batch.codec->encode(jobs); });
  for (auto i = first; i < first + n; ++i) {
    const auto& job = batch.jobs[i];
    const auto size = job.ok ? std::min<std::size_t>(job.size, codecs::kMaxPayload) : 0;
    batch.owners[i]->encoded(
        {batch.requests[i], base::MutableOctets{batch.rooms[i].packet}.first(kRtpRoom + size), job.skipped},
        outlet_);
  }
  take_off(batch, n);
  waiting_ -= n;
  return took;
}

template <typename Batches>
std::size_t CodecStage::run_within(Batches& batches, base::Instant now, base::Duration& budget) {
  std::size_t done = 0;
  for (auto& batch : batches) {
    while (budget > base::Duration::zero() && batch.count != 0 && due_of(batch) <= now) {
      const auto n = std::min(affordable(batch, budget), batch.count - batch.head);
      budget -= run_batch(batch, n);
      done += n;
    }
  }
  return done;
}

std::size_t CodecStage::run(base::Instant now, base::Duration budget) {
  if (waiting_ == 0) return 0;
  const auto decoded = run_within(decode_, now, budget);
  return decoded + run_within(encode_, now, budget);
}

void CodecStage::run_all() {
  (void)run(base::Instant::max(), base::Duration::max());
}

base::Instant CodecStage::due() const {
  auto due = base::Instant::max();
  if (waiting_ == 0) return due;
  for (const auto& batch : decode_) due = std::min(due, due_of(batch));
  for (const auto& batch : encode_) due = std::min(due, due_of(batch));
  return due;
}

}  // namespace dataplane
