// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEscrow} from "./IEscrow.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @title Money that a contract holds for others
/// @notice A payment that the token refuses is set aside for its receiver, so that no receiver can hold up what others
/// wait for.
abstract contract Escrow is IEscrow, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    IERC20 internal immutable _currency;

    /// @inheritdoc IEscrow
    mapping(address account => uint256) public setAside;

    /// @param currency the ERC-20 in which everything is paid; must move exactly the amount it is told to
    constructor(IERC20 currency) {
        if (address(currency).code.length == 0) revert UnsupportedToken();
        _currency = currency;
    }

    /// @inheritdoc IEscrow
    function withdraw(address to) external nonReentrant returns (uint256 amount) {
        if (to == address(0) || to == address(this)) revert InvalidReceiver(to);
        amount = setAside[msg.sender];
        if (amount == 0) revert NothingToWithdraw(msg.sender);
        delete setAside[msg.sender];
        emit Withdrawn(msg.sender, to, amount);
        _currency.safeTransfer(to, amount);
    }

    /// @dev A token that delivers less or more than it was told would leave the escrow owing others' money.
    function _take(uint256 amount) internal {
        uint256 before = _currency.balanceOf(address(this));
        _currency.safeTransferFrom(msg.sender, address(this), amount);
        if (_currency.balanceOf(address(this)) != before + amount) revert UnsupportedToken();
    }

    function _pay(address to, uint256 amount) internal {
        if (amount != 0 && !_currency.trySafeTransfer(to, amount)) _setAside(to, amount);
    }

    function _setAside(address to, uint256 amount) internal {
        setAside[to] += amount;
        emit SetAside(to, amount);
    }
}
