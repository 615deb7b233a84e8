#include "reports/history/interner.h"

namespace wringer::reports {

Interner& Interner::operator=(const Interner& other) {
  if (this == &other) return *this;
  texts_.clear();
  ids_.clear();
  for (const std::string& text : other.texts_) Intern(text);
  return *this;
}

std::uint32_t Interner::Intern(Slice text) {
  if (const auto it = ids_.find(text); it != ids_.end()) return it->second;
  const auto id = static_cast<std::uint32_t>(texts_.size());
  texts_.emplace_back(text.data(), text.size());
  ids_.emplace(texts_.back(), id);
  return id;
}

std::uint32_t Interner::Find(Slice text) const {
  const auto it = ids_.find(text);
  return it == ids_.end() ? static_cast<std::uint32_t>(texts_.size())
                          : it->second;
}

}  // namespace wringer::reports
