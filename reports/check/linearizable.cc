#include "reports/check/linearizable.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "reports/check/explain_zones.h"
#include "reports/check/key_search.h"
#include "reports/check/witness_order.h"
#include "reports/check/zones.h"
#include "reports/history/describe.h"

namespace wringer::reports {
namespace {

bool Weak(const Operation& op) {
  return op.kind == OpKind::kGet && (op.read_given == ReadLevel::kLocal ||
                                     op.read_given == ReadLevel::kSession ||
                                     op.read_given == ReadLevel::kBounded);
}

class Checker {
 public:
  Checker(const HistoryIndex& index, const LinearizableOptions& options)
      : index_(index), options_(options), zones_(index) {
    result_.name = "linearizable";
    result_.id = "linearizable";
    left_ = options.search;
  }

  CheckResult Run() {
    for (const KeyId key : index_.keys()) Key(key);
    if (undecided_ && result_.holds()) {
      result_.status = CheckStatus::kInconclusive;
    }
    Method();
    Note();
    Summary();
    Finish(&result_);
    return std::move(result_);
  }

 private:
  void Key(KeyId key) {
    const OpSpan ops = Ordered(key);
    result_.steps += ops.size();
    const WitnessVerdict witness = CheckWitnessOrder(index_, ops);
    if (witness == WitnessVerdict::kProof) {
      ++by_witness_;
      result_.coverage += ops.size();
      return;
    }
    result_.steps += ops.size();
    const ZoneVerdict zones = zones_.Check(key, ops);
    if (!zones.applicable) {
      BySearch(key, ops);
      return;
    }
    ++by_zones_;
    result_.coverage += zones.constrained;
    if (zones.conflicts > 0) {
      result_.Add(ExplainConflict(index_, key, ops, zones.first));
      conflicts_ += zones.conflicts;
    } else if (witness == WitnessVerdict::kRefuted) {
      ++wrong_claims_;
      if (first_wrong_claim_.empty()) {
        first_wrong_claim_ = KeyText(index_.history(), key);
      }
    }
  }

  // The operations on the key that are held to an order.
  OpSpan Ordered(KeyId key) {
    const OpSpan all = index_.OnKey(key);
    if (!options_.only_claimed) return all;
    kept_.clear();
    for (const OpIndex i : all) {
      if (!Weak(index_.history().op(i))) kept_.push_back(i);
    }
    return kept_;
  }

  void BySearch(KeyId key, OpSpan ops) {
    ++by_search_;
    Finding finding;
    const SearchResult found = SearchKey(index_, key, ops, left_, &finding);
    left_.steps -= std::min(left_.steps, found.steps);
    result_.steps += found.steps;
    result_.coverage += ops.size();
    if (found.verdict == SearchVerdict::kIllegal) {
      result_.Add(std::move(finding));
    } else if (found.verdict == SearchVerdict::kUndecided) {
      undecided_ = true;
      result_.notes.push_back(absl::StrCat(
          "key ", KeyText(index_.history(), key), ": ", found.stopped));
    }
  }

  void Method() {
    const auto add = [this](std::uint64_t keys, const char* name) {
      if (keys == 0) return;
      absl::StrAppend(&result_.method, result_.method.empty() ? "" : " + ",
                      name);
    };
    add(by_witness_, "witness");
    add(by_zones_, "zones");
    add(by_search_, "search");
  }

  void Note() {
    if (wrong_claims_ == 0) return;
    result_.notes.push_back(absl::StrCat(
        "the order the implementation claims is not a legal one on ",
        wrong_claims_, wrong_claims_ == 1 ? " key" : " keys", ", first ",
        first_wrong_claim_, "; another order is, so no client can tell"));
  }

  void Summary() {
    const std::size_t keys = index_.keys().size();
    result_.summary = absl::StrCat(keys, keys == 1 ? " key" : " keys");
    if (!result_.findings.empty()) {
      const auto first = std::min_element(
          result_.findings.begin(), result_.findings.end(),
          [](const Finding& a, const Finding& b) { return a.at_ns < b.at_ns; });
      result_.summary = absl::StrCat("key \"", first->key_text, "\" at ",
                                     MomentText(first->at_ns));
      if (result_.violations > 1) {
        absl::StrAppend(&result_.summary, ", ", result_.violations, " of ",
                        keys, " keys bad");
      }
    }
  }

  const HistoryIndex& index_;
  const LinearizableOptions options_;
  ZoneChecker zones_;
  SearchBudget left_;
  CheckResult result_;
  std::vector<OpIndex> kept_;
  bool undecided_ = false;
  std::uint64_t by_witness_ = 0;
  std::uint64_t by_zones_ = 0;
  std::uint64_t by_search_ = 0;
  std::uint64_t conflicts_ = 0;
  std::uint64_t wrong_claims_ = 0;
  std::string first_wrong_claim_;
};

}  // namespace

CheckResult CheckLinearizable(const HistoryIndex& index,
                              const LinearizableOptions& options) {
  return Checker(index, options).Run();
}

}  // namespace wringer::reports
