#include "sim/disk/untimed_disk.h"

#include <algorithm>
#include <utility>

namespace wringer::sim {

struct UntimedDisk::Clock {
  Nanos now = 0;
  SimDisk* flusher = nullptr;  // armed iff not null
  Nanos flusher_at = 0;
  std::uint64_t waits = 0;
  Nanos cpu = 0;
  std::vector<std::string> defects;
  void (*on_wait)(void*) = nullptr;
  void* on_wait_object = nullptr;

  void AdvanceTo(Nanos at) {
    while (flusher != nullptr && flusher_at <= at) {
      now = std::max(now, flusher_at);
      std::exchange(flusher, nullptr)->OnFlusher();
    }
    now = std::max(now, at);
  }
};

class UntimedDisk::Host : public DiskHost {
 public:
  explicit Host(std::shared_ptr<Clock> clock) : clock_(std::move(clock)) {}
  Nanos Now() const override { return clock_->now; }
  void ArmFlusher(SimDisk* disk, Nanos at) override {
    clock_->flusher = disk;
    clock_->flusher_at = at;
  }
  void DisarmFlusher() override { clock_->flusher = nullptr; }

 private:
  std::shared_ptr<Clock> clock_;
};

class UntimedDisk::Caller : public DiskCaller {
 public:
  explicit Caller(std::shared_ptr<Clock> clock) : clock_(std::move(clock)) {}
  void WaitUntil(Nanos at, std::uint64_t) override {
    ++clock_->waits;
    if (clock_->on_wait != nullptr) clock_->on_wait(clock_->on_wait_object);
    clock_->AdvanceTo(at);
  }
  void Charge(Nanos cpu) override { clock_->cpu += cpu; }
  bool Live() const override { return true; }
  void RecordDefect(Slice what) override { clock_->defects.emplace_back(what); }

 private:
  std::shared_ptr<Clock> clock_;
};

UntimedDisk::UntimedDisk(const DiskOptions& options)
    : clock_(std::make_shared<Clock>()),
      disk_(
          std::make_unique<SimDisk>(options, std::make_unique<Host>(clock_))) {}

UntimedDisk::~UntimedDisk() = default;

std::unique_ptr<env::FileSystem> UntimedDisk::Mount() {
  return std::make_unique<SimFileSystem>(disk_.get(),
                                         std::make_unique<Caller>(clock_));
}

Nanos UntimedDisk::now() const { return clock_->now; }
void UntimedDisk::AdvanceTo(Nanos at) { clock_->AdvanceTo(at); }
std::uint64_t UntimedDisk::waits() const { return clock_->waits; }
Nanos UntimedDisk::cpu() const { return clock_->cpu; }
const std::vector<std::string>& UntimedDisk::defects() const {
  return clock_->defects;
}

void UntimedDisk::set_on_wait(void (*hook)(void* object), void* object) {
  clock_->on_wait = hook;
  clock_->on_wait_object = object;
}

}  // namespace wringer::sim
