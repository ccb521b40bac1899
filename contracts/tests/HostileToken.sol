// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

interface IPaid {
    function paid() external;
}

/// @dev A token that behaves as badly as real ones have done, one manner at a time.
contract HostileToken is ERC20 {
    enum Manner {
        Honest,
        TakesAFee,
        GivesABonus,
        ReturnsFalse,
        ReturnsNothing
    }

    Manner public manner;
    mapping(address account => bool) public refused;
    mapping(address account => bool) public called;

    constructor() ERC20("Hostile", "HOST") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setManner(Manner manner_) external {
        manner = manner_;
    }

    /// @dev Payments to this account revert, as with tokens that keep a list of blocked accounts.
    function refuse(address account, bool yes) external {
        refused[account] = yes;
    }

    /// @dev Payments to this account call it, as ERC-777 does.
    function call(address account) external {
        called[account] = true;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (manner == Manner.ReturnsFalse) return false;
        super.transfer(to, amount);
        return _answer();
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (manner == Manner.ReturnsFalse) return false;
        super.transferFrom(from, to, amount);
        return _answer();
    }

    function _update(address from, address to, uint256 amount) internal override {
        require(!refused[to], "refused");
        super._update(from, to, amount);
        if (manner == Manner.TakesAFee && from != address(0) && to != address(0)) super._update(to, address(0), 1);
        if (manner == Manner.GivesABonus && from != address(0)) super._update(address(0), to, 1);
        if (called[to]) IPaid(to).paid();
    }

    function _answer() private view returns (bool) {
        if (manner == Manner.ReturnsNothing) {
            assembly {
                return(0, 0)
            }
        }
        return true;
    }
}
